package training.fusion.trainer.source;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.xz.XZCompressorInputStream;

/** How a tar may be compressed; each is known by the bytes that a file begins with. */
enum Compression {
  GZIP("\u001f\u008b") {
    @Override
    InputStream decompressed(InputStream raw) throws IOException {
      return new GZIPInputStream(raw, 1 << 16);
    }
  },
  BZIP2("BZh") {
    @Override
    InputStream decompressed(InputStream raw) throws IOException {
      return new BZip2CompressorInputStream(raw, true);
    }
  },
  XZ("\u00fd7zXZ\0") {
    @Override
    InputStream decompressed(InputStream raw) throws IOException {
      return new XZCompressorInputStream(raw, true, MOST_XZ_KIBIBYTES);
    }
  },
  NONE("") {
    @Override
    InputStream decompressed(InputStream raw) {
      return raw;
    }
  };

  /** What {@code xz -9} needs to be read is 65 MiB; a file may ask for 4 GiB. */
  private static final int MOST_XZ_KIBIBYTES = 256 << 10;

  private final String begin;

  Compression(String begin) {
    this.begin = begin;
  }

  /** The plain bytes; files that were compressed in parts, as parallel programs do, are one. */
  abstract InputStream decompressed(InputStream raw) throws IOException;

  /**
   * How a file that begins so is compressed.
   *
   * @param beginning its first bytes, in Latin-1
   */
  static Compression of(String beginning) {
    return Arrays.stream(values())
        .filter(compression -> beginning.startsWith(compression.begin))
        .findFirst()
        .orElse(NONE);
  }
}
