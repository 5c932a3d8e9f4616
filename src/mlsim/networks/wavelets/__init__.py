"""Networks with the structure of a wavelet transform: BCR-Net and trainable wavelet filters."""
