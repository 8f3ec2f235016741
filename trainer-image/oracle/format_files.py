"""Draws WebP, GIF, TIFF and Netpbm files, and says what Pillow makes of each.

python format_files.py FILE.zip [--count N] [--seed S] [--samples]    as picture_files.py
"""
import gif_files
import picture_files
import pnm_files
import tiff_files
import webp_files

picture_files.KINDS = webp_files.KINDS + gif_files.KINDS + tiff_files.KINDS + pnm_files.KINDS

if __name__ == "__main__":
    picture_files.main()
