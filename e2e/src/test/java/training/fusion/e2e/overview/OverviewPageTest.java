package training.fusion.e2e.overview;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static training.fusion.e2e.cluster.Eventually.eventually;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import training.fusion.api.resource.sweep.FusionSweepStatus;
import training.fusion.e2e.cluster.ControlPlane;
import training.fusion.e2e.cluster.OnControlPlane;

/** The page in a real browser; skipped where Debian's chromium and chromium-driver are not. */
@NullUnmarked // an assertion that fails is the answer to what is absent
@OnControlPlane
@DisplayName("In a browser the overview")
class OverviewPageTest extends OverviewFixture {
  private static final Path BROWSER = Path.of("/usr/bin/chromium");
  private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

  private ChromeDriver browser;

  OverviewPageTest(ControlPlane controlPlane) {
    super(controlPlane, "overview-page");
  }

  @BeforeAll
  void openBrowser() {
    assumeTrue(
        Files.isExecutable(BROWSER) && Files.isExecutable(DRIVER),
        "a browser: apt-get install chromium chromium-driver");
    operator.awaitReady();
    trainings.create("vision-one", "100ms");
    trainings.create("vision-two", "100ms");
    sweeps.create("matrix", 8, 1, "100ms");
    trainings.ended("vision-one");
    trainings.ended("vision-two");
    sweeps.status("matrix", seen -> seen.state() == FusionSweepStatus.State.SUCCEEDED);
    var options = new ChromeOptions();
    options.setBinary(BROWSER.toString());
    options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--lang=en");
    browser =
        new ChromeDriver(
            new ChromeDriverService.Builder().usingDriverExecutable(DRIVER.toFile()).build(),
            options);
  }

  @AfterAll
  void closeBrowser() {
    if (browser != null) {
      browser.quit();
    }
  }

  @BeforeEach
  void load() {
    browser.manage().window().setSize(new Dimension(1200, 900));
    browser.get("about:blank");
    browser.get(page("").toString());
    await(() -> text("#connection").equals("live"));
  }

  @Test
  @DisplayName("shows trainings, and a sweep's trials only with it")
  void lists() {
    await(() -> Set.copyOf(names()).equals(Set.of("vision-one", "vision-two")));
    assertThat(text("#shown"))
        .isEqualTo("2 trainings; 8 more are trials of sweeps, and shown with these");

    link("matrix").click();

    await(() -> names().size() == 8);
    assertThat(text("#detail")).contains("8 of 8 succeeded", "Groups", "Adam blocks 0–5");
  }

  @Test
  @DisplayName("sorts by a column that is clicked, one way and the other")
  void sorts() {
    await(() -> names().size() == 2);
    WebElement head =
        browser.findElement(By.xpath("//table[@id='training-table']//button[.='Name']"));
    head.click();
    assertThat(names()).containsExactly("vision-one", "vision-two");
    head.click();
    assertThat(names()).containsExactly("vision-two", "vision-one");
    assertThat(head.findElement(By.xpath("..")).getDomAttribute("aria-sort"))
        .isEqualTo("descending");
  }

  @Test
  @DisplayName("opens a training with the keyboard alone, and closes it by Escape")
  void keyboard() {
    await(() -> names().size() == 2);
    link("vision-one").sendKeys(Keys.ENTER);
    await(() -> text("#detail").contains("Conditions"));
    assertThat(browser.switchTo().activeElement().getDomAttribute("id")).isEqualTo("detail-title");
    assertThat(browser.findElements(By.cssSelector("#detail .u-wrap"))).as("curves").hasSize(2);

    new Actions(browser).sendKeys(Keys.ESCAPE).perform();

    await(() -> !browser.findElement(By.id("detail")).isDisplayed());
  }

  @Test
  @DisplayName("finds trainings by words and by states")
  void filters() {
    WebElement search = browser.findElement(By.cssSelector("input[type=search]"));
    search.sendKeys("two");
    await(() -> names().equals(List.of("vision-two")));
    search.clear();
    search.sendKeys("nobody");
    await(() -> text("#shown").startsWith("None of"));
  }

  @Test
  @DisplayName("shows what is new without being loaded again")
  void live() {
    trainings.create("vision-new", "1s");
    await(() -> names().contains("vision-new"));
    await(() -> row("vision-new").contains("Succeeded"));
    trainings.delete("vision-new");
    await(() -> !names().contains("vision-new"));
  }

  @Test
  @DisplayName("has all columns in sight at 1200 pixels")
  void wide() {
    await(() -> row("vision-two").contains("Succeeded"));
    WebElement table = browser.findElement(By.id("training-table"));
    assertThat(table.getSize().getWidth())
        .isLessThanOrEqualTo(table.findElement(By.xpath("..")).getSize().getWidth());
  }

  @Test
  @DisplayName("fits a telephone: nothing is wider than 400 pixels but tables, which scroll")
  void narrow() {
    browser.manage().window().setSize(new Dimension(400, 800));
    link("vision-one").click();
    await(() -> text("#detail").contains("Conditions"));
    Long width = (Long) browser.executeScript("return document.documentElement.scrollWidth");
    assertThat(width).isLessThanOrEqualTo((Long) browser.executeScript("return innerWidth"));
  }

  private List<String> names() {
    return browser.findElements(By.cssSelector("#training-table tbody a")).stream()
        .map(WebElement::getText)
        .toList();
  }

  private String row(String name) {
    return Objects.requireNonNull(link(name).findElement(By.xpath("ancestor::tr")).getText());
  }

  private WebElement link(String name) {
    return browser.findElement(By.linkText(name));
  }

  private String text(String selector) {
    return browser.findElement(By.cssSelector(selector)).getText();
  }

  /** What a page does takes some time; an element may be replaced while it is asked. */
  private static void await(BooleanSupplier condition) {
    assertThat(
            eventually(
                () -> {
                  try {
                    return condition.getAsBoolean();
                  } catch (WebDriverException e) {
                    return false;
                  }
                },
                met -> met))
        .isTrue();
  }
}
