"""A letter to send, and a certificate of this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from chuyenhoa.kit.mail import Attachment, Letter
from tests.integration.mail.post_offices import make_certificate


@pytest.fixture
def letter() -> Letter:
    return Letter(
        message_id="<receipt.S000012.ab12@tinh.example>",
        recipient="bcd.rach-gia@kiengiang.example",
        subject="Phiếu tiếp nhận – TIẾP NHẬN MỘT PHẦN – Báo cáo 6 tháng.xlsx",
        text="Kính gửi Ban Chỉ đạo thành phố Rạch Giá,\n\n.Dòng bắt đầu bằng dấu chấm.\n",
        attachments=(
            Attachment("PHIEU-TIEP-NHAN-Báo-cáo.html", "<p>ĐÃ TIẾP NHẬN</p>\n".encode()),
            Attachment("CAN-SUA-Báo-cáo.xlsx", b"PK\x03\x04\r\n.\r\n\x00"),
        ),
    )


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_certificate(tmp_path_factory.mktemp("tls") / "server.pem")
