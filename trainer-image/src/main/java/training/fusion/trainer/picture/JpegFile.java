package training.fusion.trainer.picture;

/** JPEG: what libjpeg's rules take its components for, whatever else its markers say. */
final class JpegFile {
  private JpegFile() {}

  static Picture decode(byte[] content) throws DamagedPicture {
    JpegHeader header = JpegHeader.of(content);
    JpegColours colours = header.colours();
    return JpegTables.read(
        header.plain(content),
        reader ->
            switch (colours) {
              case GREY -> Colours.ofSamples(reader.read(0).getRaster());
              case RGB, YCBCR -> JdkReader.rgb(reader);
              case CMYK, YCCK ->
                  Colours.ofInks(reader.readRaster(0, null), colours == JpegColours.YCCK);
            });
  }
}
