"""The page with the phones, and what people do on them."""
