package training.fusion.trainer.report.page;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import training.fusion.api.run.Metrics;
import training.fusion.trainer.checkpoint.StepCurve;
import training.fusion.trainer.checkpoint.StepPoint;
import training.fusion.trainer.report.ConfusionCounter;
import training.fusion.trainer.report.DetailedMetrics;
import training.fusion.trainer.report.EpochMatrices;
import training.fusion.trainer.report.EvaluationFile;
import training.fusion.trainer.report.MatrixSummary;
import training.fusion.trainer.report.StepTable;
import training.fusion.trainer.runs.WrittenRun;

/**
 * Files of pages, without a server; skipped where Debian's chromium and chromium-driver are not.
 */
@Tag("process")
@NullUnmarked // an assertion that fails is the answer to what is absent
@DisplayName("In a browser a run's report")
class ReportInBrowserTest {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  @TempDir private static Path folder;
  private static ChromeDriver browser;

  @BeforeAll
  static void openBrowser() {
    assumeTrue(
        Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
        "a browser: apt-get install chromium chromium-driver");
    var options = new ChromeOptions();
    options.setBinary(BROWSER.toString());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @Test
  @DisplayName("draws epochs and steps, with no error and nothing from elsewhere")
  void curves() throws IOException {
    open("curves", List.of("cat", "dog"), 1200);
    assertThat(browser.findElements(By.cssSelector("[data-charts=curve-data] canvas"))).hasSize(4);
    assertThat(browser.findElements(By.cssSelector("[data-charts=step-data] canvas"))).hasSize(5);
    assertThat(text("[data-charts=step-data]")).contains("waiting for input250");
    assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
        .extracting(LogEntry::getMessage)
        .isEmpty();
  }

  @Test
  @DisplayName(
      "shows another epoch's matrix and its commonest mistakes, and says what is pointed at")
  void matrices() throws IOException {
    open("matrices", List.of("cat", "dog"), 1200);
    assertThat(cells()).containsExactly("1", "0", "3", "1");
    assertThat(text("#commonest tbody")).isEqualTo("dog cat 3 75.0 %");

    choose("validation, epoch 1");

    assertThat(text("#matrix-name")).isEqualTo("validation, epoch 1");
    assertThat(cells()).containsExactly("0", "2", "0", "1");
    assertThat(text("#commonest tbody")).isEqualTo("cat dog 2 100.0 %");
    WebElement cell = browser.findElements(By.cssSelector("#matrix td")).get(1);
    new Actions(browser).moveToElement(cell).perform();
    assertThat(text("#cell")).isEqualTo("cat taken for dog: 2 of 2 (100.0 %)");

    browser.navigate().refresh(); // as a page under way does itself
    assertThat(text("#matrix-name")).isEqualTo("validation, epoch 1");
  }

  @Test
  @DisplayName("of many classes has a map that the arrow keys go through, cell by cell")
  void map() throws IOException {
    List<String> names = IntStream.range(0, 100).mapToObj(i -> "class number " + i).toList();
    open("map", names, 1200);
    WebElement map = browser.findElement(By.id("map"));
    map.sendKeys(Keys.ARROW_DOWN);
    assertThat(text("#cell")).isEqualTo("class number 0 taken for itself: 1 of 1 (100.0 %)");
    map.sendKeys(Keys.ARROW_DOWN);
    assertThat(text("#cell")).isEqualTo("class number 1 taken for class number 0: 3 of 4 (75.0 %)");
    String last = browser.findElement(By.cssSelector("#map img")).getDomAttribute("src");

    choose("validation, epoch 1");

    map.sendKeys(Keys.ARROW_UP);
    map.sendKeys(Keys.ARROW_RIGHT);
    assertThat(text("#cell")).startsWith("class number 0 taken for class number 1: 2 of 2");
    assertThat(browser.findElement(By.cssSelector("#map img")).getDomAttribute("src"))
        .startsWith("data:image/png")
        .isNotEqualTo(last);
  }

  @Test
  @DisplayName("sorts its classes by the column that is pressed, one way and the other")
  void sorts() throws IOException {
    open("sorts", List.of("cat", "dog"), 1200);
    assertThat(classes()).containsExactly("dog", "cat"); // by F1
    WebElement images = browser.findElement(By.xpath("//table//button[.='Images']"));
    images.sendKeys(Keys.ENTER);
    assertThat(classes()).containsExactly("cat", "dog");
    images.sendKeys(Keys.ENTER);
    assertThat(classes()).containsExactly("dog", "cat");
    assertThat(images.findElement(By.xpath("..")).getDomAttribute("aria-sort"))
        .isEqualTo("descending");
    browser.findElement(By.xpath("//table//button[.='Class']")).click();
    assertThat(classes()).containsExactly("cat", "dog");
  }

  @Test
  @DisplayName("gives its FusionTraining to be copied")
  void copies() throws IOException {
    open("copies", List.of("cat", "dog"), 1200);
    browser.findElement(By.cssSelector("button.copy")).click();
    assertThat(text(".tools [role=status]")).isIn("Copied.", "Selected: copy it with Ctrl+C.");
    assertThat(text("#yaml")).startsWith("apiVersion: fusion.training/v1alpha1");
  }

  @Test
  @DisplayName("has room on a screen of 400 pixels")
  void narrow() throws IOException {
    List<String> names =
        IntStream.range(0, 40).mapToObj(i -> "a long name ".repeat(9) + i).toList();
    open("narrow", names, 400);
    assertThat(browser.executeScript("return document.documentElement.scrollWidth"))
        .isEqualTo(400L);
  }

  @Test
  @DisplayName("is dark on light on paper, whatever the screen, with nothing folded")
  void printed() throws IOException {
    open("printed", List.of("cat", "dog"), 1200);
    browser.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "media",
            "print",
            "features",
            List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));
    try {
      assertThat(browser.executeScript("return getComputedStyle(document.body).color"))
          .isEqualTo("rgb(26, 29, 33)");
      browser.executeScript("dispatchEvent(new Event('beforeprint'))");
      assertThat(browser.findElement(By.cssSelector("table.epochs")).isDisplayed()).isTrue();
      browser.executeScript("dispatchEvent(new Event('afterprint'))");
      assertThat(browser.findElement(By.cssSelector("table.epochs")).isDisplayed()).isFalse();
    } finally {
      browser.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("media", ""));
    }
  }

  /** A run of two epochs: two images of the first class are mistaken, then three of the second. */
  private static void open(String name, List<String> classes, int width) throws IOException {
    Path run = folder.resolve(name);
    WrittenRun.configured(run, name, "key", "Adam")
        .begun("2026-01-01T10:00:00Z", classes)
        .trained(2);
    var first = new ConfusionCounter(classes.size());
    first.add(0, 1);
    first.add(0, 1);
    first.add(1, 1);
    EpochMatrices.write(run, 1, MatrixSummary.of(first.matrix()));
    var second = new ConfusionCounter(classes.size());
    second.add(0, 0);
    second.add(1, 1);
    for (int i = 0; i < 3; i++) {
      second.add(1, 0);
    }
    new EvaluationFile(
            DetailedMetrics.of(Metrics.Split.VALIDATION, 2, 4, second),
            List.of(new EvaluationFile.Shown("dog/a.jpg", 1, 0, 3, 0.9, null)))
        .write(run);
    List<StepPoint> points =
        IntStream.rangeClosed(1, 20).mapToObj(ReportInBrowserTest::step).toList();
    new StepTable(List.of("level1", "level2"), new StepCurve(1, points)).write(run);
    Report.write(run);
    browser.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    browser.get(requireNonNull(run.resolve("report.html").toUri()).toString());
  }

  private static StepPoint step(int step) {
    return new StepPoint(
        step,
        1,
        1.0 / step,
        1.0 / step,
        List.of(new StepPoint.Level(0.1, 8, 40.0), new StepPoint.Level(0.2, 4, 50.0)),
        null,
        1,
        0.25,
        null);
  }

  private static String text(String selector) {
    return browser.findElement(By.cssSelector(selector)).getText();
  }

  private static void choose(String evaluation) {
    browser.findElement(By.xpath("//option[.='%s']".formatted(evaluation))).click();
  }

  private static List<String> cells() {
    return browser.findElements(By.cssSelector("#matrix td")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private static List<String> classes() {
    return browser.findElements(By.cssSelector("table.classes tbody th")).stream()
        .map(WebElement::getText)
        .toList();
  }
}
