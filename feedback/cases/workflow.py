"""The life of a case as one table: which move leads from where to where, and who may make it. Pure.

Every track (feedback, service desk, complaint, denunciation, conduct) goes through this one table; a row that belongs to some tracks
only says so. What clocks run on which track is said in `stages.py`, when a hand-over goes to the referee in `handover.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from feedback.city.kinds import Track


class State(StrEnum):
    """Where a case stands. Overdue is not a state, it follows from the due date; publication is a flag."""

    RECEIVED = "received"  # Đã tiếp nhận: saved, not yet read by the machine, seen by nobody
    SORTING = "sorting"  # Đang phân loại: at the front desk
    TRIAGE = "triage"  # Thanh tra xem xét: sealed, at the inspectorate
    FORWARDED = "forwarded"  # Đang chuyển: under way to an agency, the sender is still responsible
    REFEREE = "referee"  # Chờ phân định: agencies disagree, the referee decides
    IN_PROGRESS = "in_progress"  # Đang xử lý
    AWAITING_SUPPLEMENT = "awaiting_supplement"  # Chờ người gửi bổ sung; the clock stands still
    SUSPENDED = "suspended"  # Tạm đình chỉ by decision; the clock stands still
    AWAITING_APPROVAL = "awaiting_approval"  # Chờ duyệt trả lời
    ANSWERED = "answered"  # Đã trả lời
    CLOSED = "closed"  # Đã đóng
    REFUSED = "refused"  # Không thụ lý, with a coded reason and guidance
    WITHDRAWN = "withdrawn"  # Người gửi rút
    MERGED = "merged"  # Đã nhập vào hồ sơ khác; follows the lead case


#: States in which the city still owes an answer.
OPEN_STATES = frozenset(
    {
        State.RECEIVED,
        State.SORTING,
        State.TRIAGE,
        State.FORWARDED,
        State.REFEREE,
        State.IN_PROGRESS,
        State.AWAITING_SUPPLEMENT,
        State.SUSPENDED,
        State.AWAITING_APPROVAL,
    }
)
#: States in which the clock stands still.
STOPPED_STATES = frozenset({State.AWAITING_SUPPLEMENT, State.SUSPENDED})
#: Open and the clock runs: what can be late.
RUNNING_STATES = OPEN_STATES - STOPPED_STATES
#: States that end a case; the instant is kept.
ENDED_STATES = frozenset({State.CLOSED, State.REFUSED, State.WITHDRAWN, State.MERGED})


class Who(StrEnum):
    """Who makes a move: a citizen by code, the system itself, or an officer by role."""

    CITIZEN = "citizen"
    SYSTEM = "system"
    FRONT_DESK = "front_desk"
    HANDLER = "handler"
    AGENCY_HEAD = "agency_head"
    INSPECTORATE = "inspectorate"
    LEADERSHIP = "leadership"
    ADMINISTRATOR = "administrator"


class Side(StrEnum):
    """Where an officer must stand to make a move."""

    HOLDER = "holder"  # the agency responsible at this instant
    RECEIVER = "receiver"  # the agency a transfer is under way to
    PARTNER = "partner"  # an agency asked to co-handle
    ANYWHERE = "anywhere"  # wherever the case lies: the inspectorate, which takes what accuses somebody


class Need(StrEnum):
    """What a move must bring along."""

    REASON = "reason"  # words, kept with the event
    CODE = "code"  # a coded reason and guidance for the citizen
    AGENCY = "agency"  # another agency
    LEAD = "lead"  # the lead case of a merge


class Move(StrEnum):
    """What can be done to a case, in the office's own verbs."""

    SUBMIT = "submit"  # gửi
    SORT = "sort"  # máy phân loại, đưa ra bàn tiếp nhận
    SEAL = "seal"  # đưa sang thanh tra xem xét
    RELEASE = "release"  # thanh tra: không phải chuyện hành vi, trả về bàn tiếp nhận
    TAKE_UP = "take_up"  # thanh tra thụ lý
    PULL = "pull"  # thanh tra rút hồ sơ đang mở về niêm phong
    REROUTE = "reroute"  # chuyển người có thẩm quyền khác, vì ai bị phản ánh hoặc ai từ chối
    CONCLUDE = "conclude"  # lãnh đạo kết luận và trả lời
    FORWARD = "forward"  # bàn tiếp nhận chuyển cơ quan
    HAND_ON = "hand_on"  # cơ quan chuyển tiếp
    ACCEPT = "accept"  # thụ lý
    RETURN = "return"  # trả lại
    RECALL = "recall"  # thu hồi
    DECIDE = "decide"  # phân định, ràng buộc
    ASK_PARTNER = "ask_partner"  # đề nghị phối hợp
    PARTNER_ACCEPT = "partner_accept"  # nhận phối hợp
    PARTNER_RETURN = "partner_return"  # từ chối phối hợp
    PARTNER_REPORT = "partner_report"  # báo cáo phối hợp
    CANCEL_PARTNER = "cancel_partner"  # thôi đề nghị phối hợp
    ASSIGN = "assign"  # phân công người xử lý
    ASK = "ask"  # yêu cầu bổ sung
    SUPPLEMENT = "supplement"  # người dân bổ sung theo yêu cầu
    ADD = "add"  # người dân gửi thêm thông tin
    RESUME = "resume"  # xử lý tiếp
    SUSPEND = "suspend"  # tạm đình chỉ
    EXTEND = "extend"  # gia hạn
    UPDATE = "update"  # báo tiến độ
    SUBMIT_ANSWER = "submit_answer"  # trình trả lời
    SEND_BACK = "send_back"  # yêu cầu xử lý lại
    APPROVE = "approve"  # duyệt, gửi người dân
    RATE = "rate"  # người dân đánh giá
    REOPEN = "reopen"  # người dân yêu cầu xem xét lại
    REFUSE = "refuse"  # không thụ lý
    WITHDRAW = "withdraw"  # người dân rút
    MERGE = "merge"  # nhập vào hồ sơ khác
    UNMERGE = "unmerge"  # tách lại
    SPLIT = "split"  # tách một phản ánh thành nhiều việc
    SUCCEED = "succeed"  # cơ quan mới làm tiếp việc của cơ quan đã nhập vào nó


@dataclass(frozen=True)
class Legal:
    """One row of the table."""

    sources: frozenset[State]
    #: Where it may lead; empty: the case stays where it is. With several, the service says which (a return goes to whoever sent).
    targets: frozenset[State]
    who: frozenset[Who]
    needs: frozenset[Need] = frozenset()
    side: Side = Side.HOLDER
    #: Tracks the move exists on; empty: all.
    tracks: frozenset[Track] = frozenset()

    @property
    def needs_reason(self) -> bool:
        """Whether words must come with it."""
        return Need.REASON in self.needs

    @property
    def target(self) -> State | None:
        """The one state it leads to; None when it stays or when there are several."""
        return next(iter(self.targets)) if len(self.targets) == 1 else None


_ALL_OPEN = tuple(sorted(OPEN_STATES - {State.RECEIVED}))
_WORKED = (State.IN_PROGRESS, State.AWAITING_SUPPLEMENT, State.SUSPENDED, State.AWAITING_APPROVAL)
_AGENCY = (Who.HANDLER, Who.AGENCY_HEAD)
_DECIDING = (Who.AGENCY_HEAD, Who.INSPECTORATE)
_WORKING = (*_AGENCY, Who.INSPECTORATE)
_OPEN_TRACKS = (Track.FEEDBACK, Track.SERVICE_DESK, Track.COMPLAINT)
_SEALED_TRACKS = (Track.CONDUCT, Track.DENUNCIATION)
#: Tố cáo may be suspended under Luật Tố cáo 2018 Art 34, khiếu nại since Luật 136/2025.
_SUSPENDABLE = (Track.COMPLAINT, Track.DENUNCIATION)


def _row(
    sources: tuple[State, ...],
    targets: State | tuple[State, ...],
    *who: Who,
    needs: tuple[Need, ...] = (),
    side: Side = Side.HOLDER,
    tracks: tuple[Track, ...] = (),
) -> Legal:
    to = targets if isinstance(targets, tuple) else (targets,)
    return Legal(frozenset(sources), frozenset(to), frozenset(who), frozenset(needs), side, frozenset(tracks))


_S = State
_REASON = (Need.REASON,)
MOVES: dict[Move, Legal] = {
    Move.SUBMIT: _row((), _S.RECEIVED, Who.CITIZEN, Who.FRONT_DESK, Who.SYSTEM),
    Move.SORT: _row((_S.RECEIVED,), _S.SORTING, Who.SYSTEM),
    Move.SEAL: _row((_S.RECEIVED, _S.SORTING), _S.TRIAGE, Who.SYSTEM, Who.FRONT_DESK, needs=_REASON),
    Move.RELEASE: _row((_S.TRIAGE,), _S.SORTING, Who.INSPECTORATE, needs=_REASON),
    Move.TAKE_UP: _row((_S.TRIAGE,), _S.IN_PROGRESS, Who.INSPECTORATE),
    Move.PULL: _row(
        (_S.SORTING, _S.FORWARDED, _S.REFEREE, *_WORKED), _S.TRIAGE, Who.INSPECTORATE,
        needs=_REASON, side=Side.ANYWHERE, tracks=_OPEN_TRACKS,
    ),
    Move.REROUTE: _row((_S.TRIAGE, *_WORKED), _S.TRIAGE, Who.INSPECTORATE, Who.SYSTEM, tracks=_SEALED_TRACKS),
    Move.CONCLUDE: _row((_S.TRIAGE,), _S.ANSWERED, Who.LEADERSHIP, needs=_REASON, tracks=_SEALED_TRACKS),
    # Hand-over
    Move.FORWARD: _row((_S.SORTING,), _S.FORWARDED, Who.FRONT_DESK, needs=(Need.AGENCY,)),
    Move.HAND_ON: _row((_S.IN_PROGRESS,), (_S.FORWARDED, _S.REFEREE), *_AGENCY, needs=(Need.REASON, Need.AGENCY), tracks=_OPEN_TRACKS),
    Move.ACCEPT: _row((_S.FORWARDED,), _S.IN_PROGRESS, *_AGENCY, side=Side.RECEIVER),
    Move.RETURN: _row((_S.FORWARDED,), (_S.SORTING, _S.IN_PROGRESS, _S.REFEREE), *_AGENCY, needs=_REASON, side=Side.RECEIVER),
    Move.RECALL: _row((_S.FORWARDED,), (_S.SORTING, _S.IN_PROGRESS), Who.FRONT_DESK, *_AGENCY, needs=_REASON),
    Move.DECIDE: _row((_S.REFEREE,), _S.IN_PROGRESS, Who.AGENCY_HEAD, needs=(Need.REASON, Need.AGENCY)),
    # Co-handling: the case stays with its lead agency
    Move.ASK_PARTNER: _row((_S.IN_PROGRESS,), (), *_AGENCY, needs=(Need.REASON, Need.AGENCY), tracks=_OPEN_TRACKS),
    Move.PARTNER_ACCEPT: _row(_WORKED, (), *_AGENCY, side=Side.PARTNER),
    Move.PARTNER_RETURN: _row(_WORKED, (), *_AGENCY, needs=_REASON, side=Side.PARTNER),
    Move.PARTNER_REPORT: _row(_WORKED, (), *_AGENCY, needs=_REASON, side=Side.PARTNER),
    Move.CANCEL_PARTNER: _row(_WORKED, (), *_AGENCY, needs=_REASON),
    Move.ASSIGN: _row(_WORKED, (), *_AGENCY),
    # The citizen is asked or speaks
    Move.ASK: _row((_S.SORTING, _S.IN_PROGRESS), _S.AWAITING_SUPPLEMENT, Who.FRONT_DESK, *_WORKING, needs=_REASON),
    Move.SUPPLEMENT: _row((_S.AWAITING_SUPPLEMENT,), (_S.SORTING, _S.IN_PROGRESS), Who.CITIZEN, needs=_REASON),
    Move.ADD: _row(_ALL_OPEN, (), Who.CITIZEN, needs=_REASON),
    # The clock
    Move.RESUME: _row(
        (_S.AWAITING_SUPPLEMENT, _S.SUSPENDED), (_S.SORTING, _S.IN_PROGRESS), Who.SYSTEM, Who.FRONT_DESK, *_WORKING, needs=_REASON
    ),
    Move.SUSPEND: _row((_S.IN_PROGRESS,), _S.SUSPENDED, *_DECIDING, needs=_REASON, tracks=_SUSPENDABLE),
    Move.EXTEND: _row((_S.IN_PROGRESS, _S.AWAITING_APPROVAL), (), *_DECIDING, needs=_REASON),
    Move.UPDATE: _row(_WORKED, (), *_WORKING, needs=_REASON),
    # The answer
    Move.SUBMIT_ANSWER: _row((_S.IN_PROGRESS,), _S.AWAITING_APPROVAL, *_WORKING),
    Move.SEND_BACK: _row((_S.AWAITING_APPROVAL,), _S.IN_PROGRESS, *_DECIDING, needs=_REASON),
    Move.APPROVE: _row((_S.AWAITING_APPROVAL,), _S.ANSWERED, *_DECIDING),
    Move.RATE: _row((_S.ANSWERED,), _S.CLOSED, Who.CITIZEN),
    Move.REOPEN: _row((_S.ANSWERED, _S.CLOSED, _S.REFUSED), (_S.SORTING, _S.IN_PROGRESS), Who.CITIZEN, needs=_REASON),
    # Other ends
    Move.REFUSE: _row((_S.SORTING, _S.IN_PROGRESS), _S.REFUSED, Who.FRONT_DESK, *_DECIDING, needs=(Need.CODE,)),
    Move.WITHDRAW: _row(
        (_S.SORTING, _S.FORWARDED, _S.REFEREE, *_WORKED), _S.WITHDRAWN, Who.CITIZEN, tracks=_OPEN_TRACKS
    ),
    Move.MERGE: _row((_S.SORTING, _S.IN_PROGRESS), _S.MERGED, Who.FRONT_DESK, *_AGENCY, needs=(Need.LEAD,), tracks=_OPEN_TRACKS),
    Move.UNMERGE: _row((_S.MERGED,), (_S.SORTING, _S.IN_PROGRESS), Who.FRONT_DESK, *_AGENCY, Who.SYSTEM, needs=_REASON),
    Move.SPLIT: _row((_S.SORTING,), (), Who.FRONT_DESK, tracks=_OPEN_TRACKS),
    Move.SUCCEED: _row(_ALL_OPEN, (), Who.SYSTEM),
}  # fmt: skip


def is_legal(move: Move, state: State, who: Who, track: Track | None = None) -> bool:
    """Whether `who` may make `move` on a case of a track standing in `state`; without a track, on some track."""
    row = MOVES[move]
    return state in row.sources and who in row.who and (track is None or not row.tracks or track in row.tracks)


def moves_for(state: State, who: Who, track: Track | None = None) -> list[Move]:
    """The moves open to `who` from `state`, in the table's order."""
    return [move for move in MOVES if is_legal(move, state, who, track)]
