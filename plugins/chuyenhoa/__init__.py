"""The pipeline behind *chuyển hóa địa bàn*; the order of the sub-packages is the order of the data."""
