"""Invented names, telephone numbers and addresses for the demo city. Numbers and domains are ones that nobody can own."""

from __future__ import annotations

from random import Random

FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE = ("Văn", "Thị", "Hữu", "Minh", "Ngọc", "Thanh", "Quốc", "Kim", "Gia", "Xuân", "Đình", "Mỹ", "Hoài", "Bảo")
GIVEN = (
    "An", "Ánh", "Bình", "Châu", "Cường", "Dung", "Duy", "Giang", "Hà", "Hạnh", "Hiếu", "Hòa", "Hương", "Khánh", "Lan", "Linh", "Long",
    "Mai", "Nam", "Nga", "Ngân", "Nhung", "Phúc", "Phương", "Quân", "Quỳnh", "Sơn", "Tâm", "Thảo", "Thắng", "Thủy", "Trang", "Trung",
    "Tuấn", "Uyên", "Vinh", "Vy", "Yến",
)  # fmt: skip
STREETS = (
    "đường Hoa Sữa", "đường Bằng Lăng", "đường Rạch Dừa", "đường số 7", "đường số 12", "hẻm Cây Điệp", "đường Kênh Xanh", "đường Phượng Vĩ",
    "đường Ngô Đồng", "hẻm Chợ Cũ", "đường Lò Gốm Mới", "đường Sông Trong",
)  # fmt: skip


def full_name(rng: Random) -> str:
    """A name such as many people bear and nobody in particular."""
    return f"{rng.choice(FAMILY)} {rng.choice(MIDDLE)} {rng.choice(GIVEN)}"


def phone(rng: Random) -> str:
    """A number in 0900 000 xxx, a block that belongs to no subscriber."""
    return f"0900000{rng.randrange(1000):03d}"


def email(rng: Random) -> str:
    """An address under example.com, which is reserved for examples."""
    return f"nguoidan{rng.randrange(10_000)}@example.com"


def place(rng: Random) -> str:
    """House number and an invented street."""
    return f"{rng.randrange(1, 400)} {rng.choice(STREETS)}"
