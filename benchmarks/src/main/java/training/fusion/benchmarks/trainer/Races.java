package training.fusion.benchmarks.trainer;

import static training.fusion.api.Architecture.CONVNEXT_TINY;
import static training.fusion.api.Architecture.EFFICIENTNET_V2_S;
import static training.fusion.api.Architecture.RESNET_50;
import static training.fusion.api.Architecture.VIT_B_16;
import static training.fusion.api.Training.Precision.BF16;
import static training.fusion.api.Training.Precision.FP32;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import training.fusion.benchmarks.race.BesideBusyLoops;
import training.fusion.benchmarks.race.Contestant;
import training.fusion.benchmarks.race.Race;
import training.fusion.benchmarks.race.Together;
import training.fusion.benchmarks.trainer.Workload.Strategy;

/** The trainer's races on a machine. The first contestant is the peer to beat. */
record Races(Machine machine, boolean compile) {
  private static final String EAGER = "channels-last+loop";

  /** PyTorch's fastest optimizers; those of 2.3 are for GPUs alone. */
  private static final String FUSED = "channels-last+fused";

  /** All of them. */
  List<Race> all() {
    List<Race> races = new ArrayList<>();
    if (onGpu()) {
      races.add(gpuStep(new Workload(EFFICIENTNET_V2_S, BF16, Strategy.FUSION, 128, 244)));
      races.add(gpuStep(new Workload(VIT_B_16, BF16, Strategy.FUSION, 128, 224)));
    } else {
      races.add(step(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.FUSION, 32, 32)));
      races.add(step(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.FUSION, 8, 96)));
      races.add(step(new Workload(VIT_B_16, FP32, Strategy.FUSION, 4, 224)));
      races.add(step(new Workload(RESNET_50, FP32, Strategy.SGD, 8, 96)));
      races.add(step(new Workload(CONVNEXT_TINY, FP32, Strategy.SGD, 8, 96)));
      races.add(module(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.FUSION, 8, 96)));
      races.add(module(new Workload(RESNET_50, FP32, Strategy.SGD, 8, 96)));
      races.add(updateOrder(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.ADAM, 32, 32)));
      races.add(updateOrder(new Workload(VIT_B_16, FP32, Strategy.ADAM, 4, 224)));
      races.add(updateOrder(new Workload(VIT_B_16, FP32, Strategy.ADAM, 1, 224)));
    }
    races.add(optimizer(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.ADAM, 1, 32)));
    races.add(optimizer(new Workload(VIT_B_16, FP32, Strategy.ADAM, 1, 32)));
    races.add(fusion(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.ADAM, 32, 32)));
    races.add(pictures(244));
    return races;
  }

  /** A machine that others use, too: busy loops, as many as cores; a second training; a quota. */
  List<Race> shared() {
    var work = new Workload(EFFICIENTNET_V2_S, FP32, Strategy.FUSION, 32, 32);
    int loops = Runtime.getRuntime().availableProcessors();
    Supplier<Contestant> alone = ours("ours, alone", "step", work);
    Supplier<Contestant> pytorch = peer("PyTorch", "step", EAGER, work);
    List<Race> races = new ArrayList<>();
    races.add(
        race(
            "Beside %d busy loops, %%s".formatted(loops),
            work,
            "images",
            List.of(
                () -> new BesideBusyLoops(pytorch.get(), loops),
                () -> new BesideBusyLoops(ours("ours", "step", work).get(), loops),
                peer("PyTorch, alone", "step", EAGER, work),
                alone)));
    races.add(
        race(
            "Two trainings at once, %s",
            work, "images", List.of(alone, () -> Together.start("ours, both", 2, alone))));
    CpuQuota.ofOneProcessor()
        .ifPresentOrElse(
            quota ->
                races.add(
                    race(
                        "A quota of one processor, %s",
                        work,
                        "images",
                        List.of(
                            limited("ours, on one core", List.of("taskset", "-c", "0"), work),
                            limited("ours, in the quota", quota.before(), work)))),
            () -> System.err.println("no right to make a control group: no race with a quota"));
    return races;
  }

  private Supplier<Contestant> limited(String name, List<String> before, Workload work) {
    return machine.ours(name, before, "step", work.words());
  }

  /** How speed goes with the batch and with the pictures' size. */
  List<Race> sizes() {
    List<Race> races = new ArrayList<>();
    for (int batch : List.of(2, 4, 8, 16, 32, 64)) {
      races.add(sized(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.FUSION, batch, 32)));
    }
    for (int pixels : List.of(32, 64, 96, 128, 224)) {
      races.add(sized(new Workload(EFFICIENTNET_V2_S, FP32, Strategy.FUSION, 4, pixels)));
    }
    for (int batch : List.of(1, 2, 4, 8)) {
      races.add(sized(new Workload(VIT_B_16, FP32, Strategy.FUSION, batch, 224)));
    }
    return races;
  }

  private Race step(Workload work) {
    List<Supplier<Contestant>> entries = new ArrayList<>();
    entries.add(peer("PyTorch fp32, channels-last", "step", EAGER, work));
    entries.add(peer("PyTorch bf16 autocast, channels-last", "step", EAGER, work.with(BF16)));
    if (compile) {
      entries.add(peer("PyTorch fp32, torch.compile", "step", EAGER + "+compile", work));
    }
    entries.add(ours("ours FP32", "step", work));
    entries.add(ours("ours BF16", "step", work.with(BF16)));
    return race("Training step, %s", work, "images", entries);
  }

  private boolean onGpu() {
    return machine.device().equals("cuda");
  }

  private Race gpuStep(Workload work) {
    List<Supplier<Contestant>> entries = new ArrayList<>();
    entries.add(peer("PyTorch bf16 autocast, channels-last, fused", "step", FUSED, work));
    if (compile) {
      entries.add(peer("PyTorch bf16, torch.compile, fused", "step", FUSED + "+compile", work));
    }
    entries.add(ours("ours BF16", "step", work));
    return race("Training step, %s", work, "images", entries);
  }

  /** The same network by our own table and as a file, which PyTorch's own loop trains, too. */
  private Race module(Workload work) {
    Path file = machine.modules().resolve(work.architecture().name() + ".pt");
    return race(
        "A network of one's own, %s",
        work,
        "images",
        List.of(
            ours("ours, model.architecture", "step", work),
            ours("ours, model.module", "step", work.with(file)),
            peer("PyTorch fp32, channels-last", "step", EAGER, work)));
  }

  private Race sized(Workload work) {
    return race(
        "Size: %s",
        work,
        "images",
        List.of(
            peer("PyTorch fp32, channels-last", "step", EAGER, work),
            ours("ours FP32", "step", work)));
  }

  private Race optimizer(Workload work) {
    List<Supplier<Contestant>> entries = new ArrayList<>();
    entries.add(peer("PyTorch, loop", "optimizer", EAGER, work));
    entries.add(peer("PyTorch, foreach", "optimizer", "channels-last+foreach", work));
    if (onGpu()) {
      entries.add(peer("PyTorch, fused", "optimizer", FUSED, work));
    }
    entries.add(ours("ours, with norms and finiteness", "optimizer", work));
    entries.add(peer("memory alone", "floor", EAGER, work));
    return new Race("Adam's update alone, %s".formatted(work.architecture()), "updates", entries);
  }

  private Race updateOrder(Workload work) {
    return race(
        "When weights are updated, %s",
        work,
        "images",
        List.of(
            ours("ours, AfterBackward", "step", work),
            ours("ours, DuringBackward", "step-during-backward", work),
            ours("ours, DuringForward", "step-during-forward", work),
            peer("PyTorch", "step", EAGER, work),
            peer("PyTorch, post-accumulate-gradient hooks", "step", EAGER + "+hooks", work)));
  }

  private Race fusion(Workload work) {
    return race(
        "One optimizer or two, %s",
        work,
        "images",
        List.of(
            ours("Adam for all", "step", work),
            ours("SGD for all", "step", work.with(Strategy.SGD)),
            ours("fusion: Adam, then SGD", "step", work.with(Strategy.FUSION))));
  }

  private Race pictures(int pixels) {
    List<String> words = List.of(machine.pictures().toString(), Integer.toString(pixels));
    return new Race(
        "JPEG 500×375 to %d×%d bytes, one thread".formatted(pixels, pixels),
        "pictures",
        List.of(
            machine.peer("PIL and torchvision", "pictures", EAGER, words),
            machine.ours("ours", "pictures", words)));
  }

  private static Race race(
      String title, Workload work, String unit, List<Supplier<Contestant>> entries) {
    return new Race(
        title.formatted(
            "%s, batch %d at %d pixels"
                .formatted(work.architecture(), work.batch(), work.pixels())),
        unit,
        entries);
  }

  private Supplier<Contestant> ours(String name, String task, Workload work) {
    return machine.ours(name, task, work.words());
  }

  private Supplier<Contestant> peer(String name, String task, String variant, Workload work) {
    return machine.peer(name, task, variant, work.words());
  }
}
