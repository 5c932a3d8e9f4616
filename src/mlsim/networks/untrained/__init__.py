"""Networks without input that stand for one image, field or design: deep image prior and its relatives."""
