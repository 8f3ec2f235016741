package training.fusion.trainer.picture;

/** BMP. */
final class BmpFile {
  private BmpFile() {}

  static Picture decode(byte[] content) throws DamagedPicture {
    return JdkReader.read("BMP", content, reader -> Colours.of(reader.read(0)));
  }
}
