"""Codes of what the gates and the reader find, by name; rules of expectations/ have other ids.

Generated from templates/messages/ (reading/*.yaml, reason_findings.yaml) by `make docs`, that is by
`python -m devtools.finding_codes`. Do not edit it: change `name:` in the YAML.
"""

from enum import StrEnum


class Code(StrEnum):
    """A finding's code as it stands on receipts; the comment is its title."""

    EMPTY_FILE = "D01"  # Tệp rỗng
    NOT_A_WORKBOOK = "D02"  # Không phải bảng tính
    EXCEL_TOO_OLD = "D03"  # Tệp Excel quá cũ
    ENCRYPTED_FILE = "D04"  # Tệp đặt mật khẩu
    DAMAGED_FILE = "D05"  # Tệp hỏng
    FILE_TOO_LARGE = "D06"  # Tệp quá lớn
    UNSAFE_CONTENT = "D07"  # Tệp không an toàn
    TABLE_TOO_LARGE = "D08"  # Bảng vượt giới hạn dòng, cột
    HAS_MACROS = "D09"  # Tệp có macro
    HAS_EXTERNAL_LINKS = "D10"  # Tệp có liên kết ra ngoài
    HAS_PICTURES_OR_OBJECTS = "D11"  # Tệp có hình ảnh, đối tượng nhúng
    OWNER_UNKNOWN = "D12"  # Không xác định được kỳ báo cáo, đơn vị
    OTHER_PLAN = "D13"  # Sai kế hoạch
    PERIOD_NOT_IN_PLAN = "D14"  # Kỳ báo cáo không có trong kế hoạch
    SUBMITTER_NOT_IN_PLAN = "D15"  # Đơn vị báo cáo không có trong kế hoạch
    WRONG_FOLDER = "D16"  # Gửi nhầm thư mục
    OUTDATED_FORM = "D17"  # Biểu mẫu cũ
    FORM_HEAD_CHANGED = "D18"  # Phần đầu biểu mẫu bị sửa
    TITLE_CONTRADICTS_FORM = "D19"  # Tiêu đề trái với biểu mẫu
    NO_FORM_IDENTITY = "D20"  # Tệp không có phần nhận dạng
    NO_TABLE_FOUND = "D21"  # Không tìm thấy bảng số liệu
    MISSING_FORM_TABLE = "D22"  # Thiếu sheet hoặc thiếu dòng mã
    UNKNOWN_COLUMN_CODE = "D23"  # Cột không thuộc biểu mẫu
    MISSING_COLUMNS = "D24"  # Thiếu cột
    DUPLICATE_COLUMN_CODE = "D25"  # Cột lặp lại
    FOREIGN_LOCALITY = "D26"  # Địa bàn của đơn vị khác
    UNKNOWN_LOCALITY_CODE = "D27"  # Mã địa bàn không có trong kế hoạch
    DUPLICATE_LOCALITY = "D28"  # Địa bàn ghi hai lần
    MISSING_LOCALITY_CODE = "D29"  # Dòng có số liệu nhưng thiếu mã địa bàn
    NAME_CONTRADICTS_CODE = "D30"  # Tên và mã địa bàn không khớp
    LOCALITY_WITHOUT_ROW = "D31"  # Địa bàn không có trong bảng
    HIDDEN_ROW = "D32"  # Dòng ẩn
    NOT_A_NUMBER = "D33"  # Không phải là số
    NOT_A_WHOLE_NUMBER = "D34"  # Phải là số nguyên
    NEGATIVE_NUMBER = "D35"  # Số âm
    PERCENTAGE_FOR_COUNT = "D36"  # Ghi tỷ lệ phần trăm
    DATE_FOR_NUMBER = "D37"  # Ngày tháng ở ô số
    BOOLEAN_FOR_NUMBER = "D38"  # Giá trị đúng/sai ở ô số
    FORMULA_ERROR = "D39"  # Ô báo lỗi công thức
    FORMULA_NOT_CALCULATED = "D40"  # Công thức chưa tính
    UNCLEAR_SIGN = "D41"  # Ký hiệu không rõ nghĩa
    AMBIGUOUS_SEPARATOR = "D42"  # Số đọc được hai cách
    NUMBER_TOO_LARGE = "D43"  # Số quá lớn
    UNKNOWN_CRITERION = "D44"  # Mã tiêu chí không đúng
    UNKNOWN_ANSWER = "D45"  # Kết quả định tính không đúng
    UNREADABLE_DATE = "D46"  # Ngày văn bản không đọc được
    DUPLICATE_DECLARATION = "D47"  # Tiêu chí định tính ghi hai lần
    MISSING_DOCUMENT_REFERENCE = "D48"  # Thiếu số, ngày văn bản
    UNKNOWN_NARRATIVE_ITEM = "D49"  # Mã mục thuyết minh không đúng
    DUPLICATE_NARRATIVE_ITEM = "D50"  # Mục thuyết minh ghi hai lần
    INCOMPLETE_JUSTIFICATION = "D51"  # Dòng giải trình chưa đủ
    JUSTIFICATION_FOR_FOREIGN_LOCALITY = "D52"  # Giải trình cho địa bàn không thuộc đơn vị
    HIDDEN_SHEET = "D53"  # Sheet ẩn
    BLANK_FORM = "D54"  # Biểu mẫu chưa điền
    PERSONAL_DATA_IN_TABLE = "D55"  # Dữ liệu cá nhân trong bảng
    PERSONAL_DATA_IN_TEXT = "D56"  # Dữ liệu cá nhân trong phần thuyết minh, giải trình
    LIST_OF_PERSONS = "D57"  # Danh sách cá nhân trong tệp
    UNREADABLE_TEXT_SHEET = "D58"  # Phần định tính, thuyết minh, giải trình chưa đọc được
    READER_FAILED = "D60"  # Tệp không mở được an toàn
    SCAN_OR_PICTURE = "D61"  # Bản quét, ảnh, PDF
    OLD_TEXT_DOCUMENT = "D62"  # Văn bản kiểu cũ
    ARCHIVE_NOT_ZIP = "D63"  # Tệp nén không phải .zip
    REFUSED_ARCHIVE = "D65"  # Tệp nén không được mở
    REFUSED_ARCHIVE_MEMBER = "D66"  # Tệp bên trong tệp nén không được đọc
    ARCHIVE_WITHOUT_REPORT = "D67"  # Tệp nén không có báo cáo
    MISNAMED_EXCEL_FILE = "D68"  # Tệp mang tên Excel nhưng là dạng khác
    TEXT_DOCUMENT_WITHOUT_TABLE = "D69"  # Văn bản không có bảng
    WINDOW_NOT_IN_PLAN = "D70"  # Số liệu không đúng kỳ của kế hoạch
    CUMULATIVE_FIGURES = "D71"  # Số liệu lũy kế
    WRONG_BASELINE_WINDOW = "D72"  # Số liệu cùng kỳ không đúng khoảng ngày
    SEVERAL_PERIODS = "D73"  # Hai kỳ báo cáo trong một tệp
    AMBIGUOUS_COLUMN = "D74"  # Không rõ cột là chỉ tiêu nào
    DUPLICATE_INDICATOR = "D75"  # Hai cột cùng một chỉ tiêu
    NOT_AN_INDICATOR = "D76"  # Cột không phải chỉ tiêu của biểu mẫu
    AMBIGUOUS_LOCALITY_NAME = "D77"  # Tên địa bàn có thể là nhiều nơi
    MISSPELT_LOCALITY_NAME = "D78"  # Tên địa bàn không đúng
    UNIT_OUTSIDE_PROGRAMME = "D79"  # Xã, phường, thị trấn không thuộc diện chuyển hóa
    UNKNOWN_LOCALITY_NAME = "D80"  # Không nhận ra địa bàn
    WRONG_TOTAL = "D81"  # Dòng cộng khác tổng các dòng
    CONTRADICTING_FIGURES = "D82"  # Một số liệu ghi ở hai nơi khác nhau
    TABLE_WITHOUT_LOCALITY = "D83"  # Bảng không ghi địa bàn
    UNREADABLE_TABLE = "D84"  # Không đọc được bảng số liệu
    FOREIGN_DISTRICT = "D85"  # Số liệu của đơn vị khác
    INCLUDES_OLD_CASES = "D86"  # Số vụ làm rõ gồm cả án cũ
    OTHER_UNIT_IN_HEADING = "D87"  # Đơn vị tính khác biểu mẫu
    SHEET_WITHOUT_FIGURES = "D88"  # Sheet không có số liệu của biểu mẫu
    MISSING_INDICATORS = "D89"  # Chỉ tiêu không có trong tệp
    AMBIGUOUS_NUMBER = "D90"  # Cách ghi đọc được nhiều cách
    APPROXIMATE_NUMBER = "D91"  # Không phải con số chính xác
    OTHER_UNIT_IN_CELL = "D92"  # Đơn vị tính khác
    MONTH_BEFORE_DAY = "D93"  # Ngày ghi theo kiểu tháng/ngày
    POSSIBLY_SWAPPED_DATE = "D94"  # Ngày và tháng có thể bị đảo
    DOCUMENT_NUMBER_BECAME_DATE = "D95"  # Số văn bản thành ngày tháng
    FORMER_UNIT_NAME = "D96"  # Tên đơn vị hành chính cũ
    STRUCK_OUT_NUMBER = "D97"  # Số bị gạch ngang
    NUMBER_IN_MERGED_CELL = "D98"  # Một số ghi chung cho nhiều ô
    ROW_LONGER_THAN_HEAD = "D99"  # Dòng có nhiều ô hơn tiêu đề
    YEAR_READ_AS_BASELINE = "D100"  # Năm ở đầu cột hiểu là khoảng ngày cùng kỳ
    FIGURES_NOT_READ = "D101"  # Sheet có số liệu không được đọc
    DOCUMENT_DATED_AFTER_DEADLINE = "D102"  # Ngày văn bản sau hạn gửi báo cáo
    NO_OWN_LOCALITY = "D103"  # Không có địa bàn nào của đơn vị
    LABEL_OF_ANOTHER_CODE = "D140"  # Mã cột và tiêu đề cột là hai chỉ tiêu khác nhau
    COLUMN_WITHOUT_CODE = "D141"  # Cột không có mã không được đọc
    HEAD_NOT_UNDERSTOOD = "D142"  # Phần đầu bảng thiếu tên mục hoặc dòng mã
    LOCALITIES_WITHOUT_ROW = "D143"  # Địa bàn không có trong bảng
    COLUMNS_NOT_INDICATORS = "D144"  # Cột không phải chỉ tiêu của biểu mẫu
    BASELINE_REPEATS_PERIOD = "D145"  # Số liệu cùng kỳ trùng hết với số liệu kỳ này
    LOCALITIES_REPEAT_EACH_OTHER = "D146"  # Số liệu của các địa bàn trùng hết nhau
    REPEATS_LAST_REPORT = "D147"  # Số liệu trùng hết với báo cáo kỳ trước
    NOT_A_REASON = "G01"  # Lý do chưa đủ rõ
    NO_SUCH_WARNING = "G02"  # Lý do không gắn với cảnh báo nào
    REASON_FOR_ERROR = "G03"  # Lỗi phải sửa, không giải trình thay được
    ONE_REASON_FOR_SEVERAL = "G04"  # Một lý do cho nhiều cảnh báo khác nhau
    STATED_PERCENTAGE_DIFFERS = "W26"  # Tỷ lệ ghi khác tỷ lệ tính lại
