"""Networks fitted to one image, field or design: deep image prior and related networks."""
