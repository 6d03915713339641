"""Words and colours of the marked workbook; the words of the receipt are in templates/messages."""

from __future__ import annotations

import re

from chuyenhoa.model import form
from chuyenhoa.model.form import LISTING_SHEET

# Name of the first sheet of a marked workbook; the reader leaves this sheet out.
LISTING_NAME = LISTING_SHEET

# What the figures of a sheet are counted in.
WINDOWS = {form.FIGURES_SHEET: "Số liệu kỳ này", form.BASELINE_SHEET: "Số liệu cùng kỳ"}

# The fills (ARGB) of cells to fix, and of those to justify or check; marked cells are known by them.
RED = "FFFF9B91"
YELLOW = "FFFFD54A"

AUTHOR = "Ban Chỉ đạo tỉnh - kiểm tra tự động"
ERROR_MARK = "▼ CẦN SỬA"
REASON_MARK = "▼ CẦN GIẢI TRÌNH"
CHECK_MARK = "▼ CẦN KIỂM TRA"

TITLE = "CÁC Ô CẦN SỬA, CẦN GIẢI TRÌNH"
SUMMARY = "{errors} lỗi phải sửa (ô nền đỏ); {warnings} chỗ cần giải trình hoặc kiểm tra (ô nền vàng)."
HOW_TO = (
    "Bấm vào địa chỉ ở cột Ô để đến chỗ cần sửa.",
    "Sửa xong, lưu và thả lại chính tệp này vào thư mục nộp; không phải xóa sheet này, ghi chú hay màu.",
)
HEADERS = ("STT", "Mức", "Sheet", "Ô", "Địa bàn", "Đang ghi", "Sai ở đâu", "Cần làm gì", "Mã quy tắc")
ERROR_LEVEL = "Phải sửa"
REASON_LEVEL = "Cần giải trình"
CHECK_LEVEL = "Cần kiểm tra"
CHANGE_LEVEL = "Thay đổi"
CHANGED = "{what}: trước đã nhận {old}."
CHANGE_REMEDY = "Để biết. Nếu thay không đúng ý thì sửa ô này rồi nộp lại."
WITHDRAWN = "đã rút"
WHOLE_FILE = "Cả tệp"
LOCALITY = "{name} ({code})"
OTHER_CELLS = "{problem} (ô liên quan: {others})"
SEE_FIRST = "(xem thêm ô {first})"
BLANK = "(để trống)"

CHECK_REMEDY = "Kiểm tra lại; nếu sai thì sửa rồi nộp lại tệp."
ERROR_REMEDY = "Sửa theo số liệu đúng, lưu rồi nộp lại tệp."
REASON_REMEDY = (
    "Nếu sai thì sửa. Nếu đúng thì ghi lý do vào sheet Giải trình: mã quy tắc {rule_id}, mã địa bàn, lý do."
)

_ADVICE = """
    Đề nghị|Sửa|Kiểm tra|Rà soát|Đối chiếu|Xem|Ghi|Nhập|Điền|Gửi|Nộp|Tải|Chọn|Chỉ|Xóa|Bỏ|Nếu|Hãy|Dùng|Lưu|Mở|
    Tách|Đổi|Thay|Liên hệ|Cần|Bổ sung|Giải trình|Viết|Để|Thả|Đặt|Chuyển|
    Giữ|Thêm|Chép|Lần sau|Không phải làm|Không cần|Báo
"""
# How the sentence of a message begins that says what to do.
ADVICE_START = re.compile(rf"(?:{'|'.join(start.strip() for start in _ADVICE.split('|'))})\b")
