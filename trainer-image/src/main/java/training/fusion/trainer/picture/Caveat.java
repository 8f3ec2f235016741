package training.fusion.trainer.picture;

/** What people should be told of a picture that is read, in words that follow its name. */
public enum Caveat {
  GREY_OF_16_BITS(
      "16 bits of grey, of which all values above 255 become white, as in Pillow's convert(\"RGB\");"
          + " save with 8 bits what is to be seen");

  private final String words;

  Caveat(String words) {
    this.words = words;
  }

  /** What such a picture has. */
  public String words() {
    return words;
  }
}
