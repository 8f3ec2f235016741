package training.fusion.trainer.optim;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Map;
import training.fusion.api.Optimization;
import training.fusion.api.StrategyDefaults;

/**
 * SWATS (Keskar and Socher 2017, arXiv 1712.07628, algorithm 1): Adam, until the rate γ of the SGD
 * step that Adam's step projects onto agrees with its running mean Λ; from then on SGD with rate Λ.
 * One decision for all parameters together, made on the device, so that nothing waits for it.
 *
 * <p>γ is taken per unit of the schedule, which goes on multiplying Λ after the switch.
 *
 * @param relativeTolerance 0: not used
 */
record SwatsRule(
    double learningRate,
    Moments moments,
    double tolerance,
    double relativeTolerance,
    int minimumSteps)
    implements UpdateRule {
  static SwatsRule of(Optimization.Swats swats) {
    Optimization.Swats resolved = StrategyDefaults.resolve(swats);
    return new SwatsRule(
        requireNonNull(resolved.learningRate()),
        new Moments(
            requireNonNull(resolved.beta1()),
            requireNonNull(resolved.beta2()),
            requireNonNull(resolved.epsilon())),
        requireNonNull(resolved.tolerance()),
        resolved.relativeTolerance() == null ? 0 : resolved.relativeTolerance(),
        requireNonNull(resolved.minimumSteps()));
  }

  @Override
  public String label() {
    return "SWATS";
  }

  @Override
  public double weightDecay() {
    return 0;
  }

  /** SGD's buffer takes the place of exp_avg. */
  @Override
  public List<String> slots() {
    return Moments.SLOTS;
  }

  /** γ, Λ, step of the switch (0: none yet), λ, and 1 if the step before was that of the switch. */
  @Override
  public int scalars() {
    return 5;
  }

  /** Both phases in one arithmetic: what one of them does not have is multiplied by 0 or 1. */
  @Override
  public String statements(Mask mask) {
    double beta1 = moments.beta1();
    double beta2 = moments.beta2();
    return mask.coupledDecay(0)
        + """
        sgd = torch.gt(torch.select(scalars, 0, 2), 0.)
        adam = torch.logical_not(sgd)
        fresh = torch.gt(torch.select(scalars, 0, 4), 0.)
        keep = torch.where(finite, torch.to(torch.where(fresh, 0., %s), 6), 1.)
        torch._foreach_mul_(exp_avg, torch.to(keep, 6))
        torch._foreach_add_(exp_avg, torch._foreach_mul(g, torch.to(torch.where(sgd, 1., %s), 6)))
        counts = torch.to(adam, 6)
        keep = torch.where(torch.logical_and(finite, adam), %s, 1.)
        torch._foreach_mul_(exp_avg_sq, torch.to(keep, 6))
        torch._foreach_addcmul_(exp_avg_sq, torch._foreach_mul(g, counts), g, %s)
        d = torch._foreach_sqrt(exp_avg_sq)
        torch._foreach_mul_(d, counts)
        torch._foreach_add_(d, torch.to(torch.where(sgd, 1., %s), 6))
        rates = torch.where(sgd, torch.mul(torch.select(scalars, 0, 1), sgdShare), adamRate)
        p = torch._foreach_div(exp_avg, d)
        torch._foreach_mul_(p, torch.to(torch.where(finite, torch.neg(rates), 0.), 6))
        torch._foreach_add_(params, p)
        """
            .formatted(beta1, 1 - beta1, beta2, 1 - beta2, moments.epsilon())
            .indent(4)
        + decision(beta2);
  }

  /** γ = p·p / −p·g over all parameters, its running mean, and whether they agree. */
  private String decision(double beta2) {
    return """
        norms = torch.to(torch.stack(torch._foreach_norm(p, 2)), 7)
        products = annotate(List[Tensor], [])
        for t in torch._foreach_mul(p, g):
          products = torch.append(products, torch.sum(t, dtype=7))
        along = torch.neg(torch.sum(torch.stack(products)))
        learns = torch.logical_and(torch.logical_and(finite, adam), torch.ne(along, 0.))
        gamma = torch.div(torch.div(torch.sum(torch.mul(norms, norms)), along), peakShare)
        gamma = torch.where(learns, gamma, torch.select(scalars, 0, 0))
        mean = torch.select(scalars, 0, 3)
        mean = torch.where(learns, torch.add(torch.mul(mean, %s), torch.mul(gamma, %s)), mean)
        rate = torch.where(learns, torch.div(mean, correction), torch.select(scalars, 0, 1))
        apart = torch.abs(torch.sub(rate, gamma))
        near = torch.logical_or(torch.lt(apart, %s), torch.lt(apart, torch.mul(rate, %s)))
        switches = torch.logical_and(torch.logical_and(learns, torch.gt(rate, 0.)), near)
        switches = torch.logical_and(switches, torch.gt(torch.ones_like(rate), notYet))
        at = torch.where(switches, step, torch.select(scalars, 0, 2))
        now = torch.stack([gamma, rate, torch.to(at, 7), mean, torch.to(switches, 7)])
        torch.copy_(scalars, torch.where(finite, now, scalars))
        """
        .formatted(beta2, 1 - beta2, tolerance, relativeTolerance)
        .indent(4);
  }

  @Override
  public Map<String, Double> numbers(double peakShare, long step) {
    double root = moments.rootOfCorrection2(step);
    return Map.of(
        "adamRate",
        learningRate * peakShare * root / moments.correction1(step),
        "sgdShare",
        (1 - moments.beta1()) * peakShare,
        "peakShare",
        peakShare,
        "correction",
        root * root,
        "notYet",
        step < minimumSteps ? 1.0 : 0.0,
        "step",
        (double) step);
  }
}
