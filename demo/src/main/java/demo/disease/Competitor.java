package demo.disease;

import demo.thread.KernelThread;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that never sleeps, on the same CPU as the strategy: the scheduler takes turns.
 *
 * <p>It is a shell script named {@code competitor}, because the kernel names a process after the
 * file that was executed, and a profiler should find that name. It ends with the disease; if the
 * engine is killed first, by its own limit of CPU time.
 */
final class Competitor implements Disease {
  private static final int STARTUP_MS = 100;

  private final Patient patient;
  private final Path script;
  private KernelThread strategy;
  private String cpusBefore;
  private int cpu;
  private Process process;
  private Thread killer;
  private long switches;

  Competitor(Patient patient) {
    this.patient = patient;
    this.script = patient.directory().resolve("competitor");
  }

  @Override
  public void prepare() throws IOException {
    long limitSeconds = patient.window().toSeconds() + 2;
    String code = "#!/bin/sh\nulimit -t " + limitSeconds + "\nwhile :; do :; done\n";
    Files.writeString(script, code);
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
  }

  @Override
  public String start() throws IOException {
    strategy = patient.strategy().kernelThread();
    cpusBefore = strategy.allowedCpus();
    cpu = strategy.cpu();
    pinStrategy(String.valueOf(cpu));
    try {
      launch();
    } catch (IOException e) {
      pinStrategy(cpusBefore);
      throw e;
    }
    switches = strategy.involuntarySwitches();
    return "pid " + process.pid() + " spins on CPU " + cpu + ", where strategy is pinned";
  }

  @Override
  public void stop() {
    process.destroyForcibly();
    Runtime.getRuntime().removeShutdownHook(killer);
    switches = strategy.involuntarySwitches() - switches;
    try {
      pinStrategy(cpusBefore);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Provoked provoked() {
    return new Provoked(
        1, "process on CPU " + cpu + "; strategy's involuntary switches meanwhile: " + switches);
  }

  private void pinStrategy(String cpus) throws IOException {
    Tool.run(List.of("taskset", "-pc", cpus, String.valueOf(strategy.tid())));
  }

  private void launch() throws IOException {
    process = Tool.start(List.of("taskset", "-c", String.valueOf(cpu), script.toString()));
    try {
      if (process.waitFor(STARTUP_MS, TimeUnit.MILLISECONDS)) {
        throw new IOException("the competitor did not run: " + Tool.output(process));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    killer = new Thread(process::destroyForcibly, "competitor-killer");
    Runtime.getRuntime().addShutdownHook(killer);
  }
}
