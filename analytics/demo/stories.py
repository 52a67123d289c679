"""The story of one demo case: a chain of legal moves in time, cut off at the present. Pure but for the tables' value types.

A new move of the workflow comes into the stories here, as an `Act` with what it brings along, and into the rows as one entry of
`analytics.demo.effects.EFFECTS`.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from analytics.demo import phrases
from analytics.demo.acts import Act, Cast, Opening, Reply, Story, Verdict, to_the_millisecond
from analytics.demo.answers import answer_text, comment_text
from analytics.demo.rhythm import Rhythm, Temper
from feedback.cases.access import CITIZEN, SYSTEM, Actor
from feedback.cases.models import Channel, Outcome, Solved
from feedback.cases.sorting import CONDUCT
from feedback.cases.workflow import Move

OUTCOMES = {Outcome.SOLVED: 55, Outcome.PARTLY: 14, Outcome.EXPLAINED: 23, Outcome.UNFOUNDED: 8}
#: Share of answers the sender finds good, by what they say.
GOOD = {Outcome.SOLVED: 0.86, Outcome.PARTLY: 0.45, Outcome.EXPLAINED: 0.5, Outcome.UNFOUNDED: 0.2}
RATED = 0.34
#: How many stars are given to a matter that is solved, partly solved, not solved.
STARS = {Solved.YES: (1, 2, 10, 45, 42), Solved.PARTLY: (8, 22, 45, 20, 5), Solved.NO: (48, 30, 15, 5, 2)}
WRONGLY_SENT = 0.05
SENT_BACK = 0.06
#: The head of a small office now and then writes the answer himself.
HEAD_WRITES = 0.03
#: Of the late answers, how many come only after somebody has found the case again, so many days past due.
FORGOTTEN, FORGOTTEN_DAYS = 0.08, (40, 150)
#: Urgent matters take this share of the usual time.
HASTE = 0.25
#: Of the cases returned once, how many the right agency returns as well, so that the referee decides.
DISPUTED = 0.25
#: How many senders are asked for more, limits are extended, and answers that did not help are objected to.
ASKED, EXTENDED, REOPENED = 0.05, 0.03, 0.4
#: How many cases another agency helps with, are not taken on, and are taken back by their sender.
PARTNERED, REFUSED, WITHDRAWN = 0.03, 0.015, 0.012
#: Days a co-agency is given for its part.
PARTNER_DAYS = 2
#: Late answers whose senders are told of the progress meanwhile, when it takes so many days more.
TOLD_OF, TELLING_DAYS = 0.6, 3
#: Hours within which a sender answers a question; those who never do are left out.
LONGEST_SILENCE = 7 * 24
#: What an extension adds at least, for the pace of the work.
EXTENDED_DAYS = 5


class Teller:
    """Tells one story from one generator; what would happen after `now` has not happened."""

    def __init__(self, rng: Random, rhythm: Rhythm, cast: Cast, opening: Opening) -> None:
        self.rng, self.rhythm, self.cast, self.opening = rng, rhythm, cast, opening
        self.acts: list[Act] = []
        self.haste = HASTE if opening.labels.urgent else 1.0

    def tell(self) -> Story:
        """A whole story from submit to wherever it stands now."""
        opening, bodies = self.opening, self.opening.bodies
        report, labels = opening.report, opening.labels
        sender = CITIZEN if report.channel is Channel.WEB else self.rng.choice(self.cast.desk)
        self._act(Move.SUBMIT, opening.received_at, sender, bodies.desk_id)
        read_at = opening.received_at + timedelta(milliseconds=self.rng.randrange(40, 400))
        if labels.misconduct or CONDUCT in (labels.category, report.category_code):
            self._act(Move.SEAL, read_at, SYSTEM, bodies.triage_id, reason="Có dấu hiệu về hành vi của cán bộ")
            self._inspect()
        else:
            self._act(Move.SORT, read_at, SYSTEM)
            self._sort()
        return Story(opening, [act for act in self.acts if act.at <= self.rhythm.now])

    def _act(
        self,
        move: Move,
        at: datetime,
        actor: Actor,
        to_agency_id: int | None = None,
        *,
        other: int | None = None,
        reason: str = "",
        reply: Reply | None = None,
        verdict: Verdict | None = None,
    ) -> None:
        opening = self.opening
        at = to_the_millisecond(at)
        told = move in (Move.FORWARD, Move.RELEASE)
        procedure_id = opening.procedure_id if move is Move.FORWARD else None
        code = opening.category_code if told else ""
        self.acts.append(Act(move, at, actor, to_agency_id, reason, other, code, procedure_id, reply, verdict))

    def _later(self, hours: float) -> datetime:
        """An office time about so many hours after the last act."""
        return self.rhythm.after(self.rng, self.acts[-1].at, hours * self.haste)

    def _inspect(self) -> None:
        """The inspectorate releases what is nobody's conduct and takes up the rest."""
        inspector = self.rng.choice(self.cast.inspectors)
        if self.opening.category_code != CONDUCT:
            reason = self.rng.choice(phrases.RELEASE_REASONS)
            self._act(Move.RELEASE, self._later(14), inspector, self.opening.bodies.desk_id, reason=reason)
            self._sort()
            return
        self._act(Move.TAKE_UP, self._later(14), inspector)
        others = [actor for actor in self.cast.inspectors if actor != inspector]
        self._answer(inspector, self.rng.choice(others or [inspector]), self.cast.tempers[self.opening.bodies.triage_id])

    def _sort(self) -> None:
        """The desk forwards, sometimes to the wrong agency, which hands the case back."""
        bodies, clerk = self.opening.bodies, self.rng.choice(self.cast.desk)
        if self.opening.category_code == CONDUCT:  # the machine missed it, the desk does not
            self._act(Move.SEAL, self._later(3), clerk, bodies.triage_id, reason="Nội dung phản ánh hành vi của cán bộ")
            self._inspect()
            return
        if self.rng.random() < REFUSED:
            self._act(Move.REFUSE, self._later(5), clerk, reason=self.rng.choice(phrases.GUIDANCE))
            return
        handler = self._handler(bodies.right_id)
        if bodies.wrong_id != bodies.right_id and self.rng.random() < WRONGLY_SENT:
            self._send_in_vain(clerk, bodies.wrong_id)
            if self.rng.random() < DISPUTED:
                self._send_in_vain(clerk, bodies.right_id, bodies.desk_id)
                self._act(
                    Move.DECIDE, self._later(5), self.cast.heads[bodies.desk_id], bodies.right_id, reason=self.rng.choice(phrases.DECISIONS)
                )
                self._answer(handler, self.cast.heads[bodies.right_id], self.cast.tempers[bodies.right_id])
                return
        self._act(Move.FORWARD, self._later(3), clerk, other=bodies.right_id)
        temper, head = self.cast.tempers[bodies.right_id], self.cast.heads[bodies.right_id]
        handler = head if self.rng.random() < HEAD_WRITES else handler
        self._act(Move.ACCEPT, self._later(7 * temper.pace), handler, bodies.right_id)
        self._answer(handler, head, temper)

    def _send_in_vain(self, clerk: Actor, agency_id: int, to_agency_id: int | None = None) -> None:
        """Forwarded and returned; the second time the referee gets the case."""
        self._act(Move.FORWARD, self._later(3), clerk, other=agency_id)
        back = self._later(10 * self.cast.tempers[agency_id].pace)
        returner, reason = self._handler(agency_id), self.rng.choice(phrases.RETURN_REASONS)
        self._act(Move.RETURN, back, returner, to_agency_id, other=agency_id, reason=reason)

    def _handler(self, agency_id: int) -> Actor:
        return self.rng.choice(self.cast.handlers[agency_id])

    def _answer(self, handler: Actor, head: Actor, temper: Temper) -> None:
        """Draft, perhaps sent back once, approved around the time the agency's temper allows; then the citizen's word."""
        if self.rng.random() < WITHDRAWN and self.opening.category_code != CONDUCT:
            self._act(Move.WITHDRAW, self._later(6), CITIZEN, reason=self.rng.choice(phrases.CHANGES_OF_MIND))
            return
        due_at = self._work(handler, head)
        start = self.acts[-1].at
        ready = self._ready_at(temper, start, due_at)
        outcome = self.rng.choices(list(OUTCOMES), weights=list(OUTCOMES.values()))[0]
        reply = Reply(outcome, answer_text(self.rng, self.opening.category_code, outcome))
        drafted = self.rhythm.at_work(self.rng, start + (ready - start) * self.rng.uniform(0.55, 0.9))
        self._tell_of_progress(handler, due_at, drafted)
        self._act(Move.SUBMIT_ANSWER, max(drafted, start + timedelta(minutes=5)), handler, reply=reply)
        if head != handler and self.rng.random() < SENT_BACK:
            self._act(Move.SEND_BACK, self._later(3), head, reason=self.rng.choice(phrases.HEAD_COMMENTS))
            self._act(Move.SUBMIT_ANSWER, self._later(5), handler, reply=reply)
        approved = max(self.rhythm.at_work(self.rng, ready), self.acts[-1].at + timedelta(minutes=3))
        self._act(Move.APPROVE, approved, head)
        if self.rng.random() < RATED:
            rated = approved + timedelta(hours=self.rng.expovariate(1 / 40) + 0.2)
            verdict = self._verdict(outcome, late=approved > due_at)
            self._act(Move.RATE, rated, CITIZEN, verdict=verdict)
            if verdict.solved is Solved.NO and self.rng.random() < REOPENED:
                self._again(handler, head)

    def _work(self, handler: Actor, head: Actor) -> datetime:
        """What may come between: the sender is asked for more, or the head extends the limit. Gives the due date worked towards."""
        due_at, start = self.opening.due_at, self.acts[-1].at
        luck = self.rng.random()
        if luck < ASKED:
            self._act(Move.ASK, self._later(10), handler, reason=self.rng.choice(phrases.QUESTIONS))
            answered = self.acts[-1].at + timedelta(hours=min(self.rng.expovariate(1 / 30) + 0.5, LONGEST_SILENCE))
            self._act(Move.SUPPLEMENT, answered, CITIZEN, reason=self.rng.choice(phrases.SUPPLEMENTS))
        elif luck < ASKED + EXTENDED and due_at - start > timedelta(days=2) and self.opening.category_code != CONDUCT:
            self._act(Move.EXTEND, start + (due_at - start) * self.rng.uniform(0.3, 0.8), head, reason=self.rng.choice(phrases.EXTENSIONS))
            return due_at + timedelta(days=EXTENDED_DAYS)
        elif luck < ASKED + EXTENDED + PARTNERED and due_at - start > timedelta(days=PARTNER_DAYS + 1):
            self._be_helped(handler)
        return due_at

    def _be_helped(self, handler: Actor) -> None:
        """Another agency takes on its part and reports to the lead, who alone answers."""
        bodies = self.opening.bodies
        if bodies.wrong_id == bodies.right_id or self.opening.category_code == CONDUCT:
            return
        other, helper = bodies.wrong_id, self._handler(bodies.wrong_id)
        self._act(Move.ASK_PARTNER, self._later(2), handler, other=other, reason=self.rng.choice(phrases.REQUESTS))
        self._act(Move.PARTNER_ACCEPT, self._later(4), helper, other=other)
        self._act(Move.PARTNER_REPORT, self._later(10), helper, other=other, reason=self.rng.choice(phrases.PARTS))

    def _tell_of_progress(self, handler: Actor, due_at: datetime, drafted: datetime) -> None:
        """Of a case that stays late for days, the sender mostly hears how it stands (QĐ 574/QĐ-TTg 2017)."""
        since = max(due_at, self.acts[-1].at)
        if self.opening.category_code == CONDUCT or drafted - since < timedelta(days=TELLING_DAYS) or self.rng.random() >= TOLD_OF:
            return
        told = self.rhythm.at_work(self.rng, since + (drafted - since) * self.rng.uniform(0.3, 0.6))
        if self.acts[-1].at < told < drafted:
            self._act(Move.UPDATE, told, handler, reason=self.rng.choice(phrases.PROGRESS))

    def _again(self, handler: Actor, head: Actor) -> None:
        """The sender is not content, the agency looks once more."""
        asked = self.acts[-1].at + timedelta(hours=self.rng.expovariate(1 / 20) + 0.3)
        self._act(Move.REOPEN, asked, CITIZEN, reason=self.rng.choice(phrases.OBJECTIONS))
        reply = Reply(Outcome.SOLVED, answer_text(self.rng, self.opening.category_code, Outcome.SOLVED))
        self._act(Move.SUBMIT_ANSWER, self._later(40), handler, reply=reply)
        self._act(Move.APPROVE, self._later(8), head)

    def _ready_at(self, temper: Temper, start: datetime, due: datetime) -> datetime:
        """When the answer is ready: within the time left, some days late, or after months in which nobody thought of the case."""
        window = max(due - start, timedelta(hours=2))
        if self.rng.random() < temper.on_time:
            return min(start + window * self.rng.betavariate(2.2, 1.6) * self.haste, due - timedelta(hours=8))
        if self.rng.random() < FORGOTTEN:
            return due + timedelta(days=self.rng.uniform(*FORGOTTEN_DAYS))
        return due + window * self.rng.expovariate(1.8) + timedelta(hours=20)

    def _verdict(self, outcome: Outcome, *, late: bool) -> Verdict:
        good = GOOD[outcome] - (0.15 if late else 0)
        solved = Solved.YES if self.rng.random() < good else self.rng.choice((Solved.PARTLY, Solved.NO))
        satisfaction = None if self.rng.random() < 0.12 else self.rng.choices((1, 2, 3, 4, 5), weights=STARS[solved])[0]
        return Verdict(solved, satisfaction, comment_text(self.rng, solved))
