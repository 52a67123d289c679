"""A believable city for trying things out: invented people, texts from our own corpus, histories that the services could have produced."""
