package training.fusion.trainer.optim;

/**
 * How a step whose loss or gradients are not finite is kept from the parameters and the state. In
 * {@code finite}, a truth value on the device, the program knows it; what differs is who may look.
 */
enum Mask {
  /** The program branches. On a CPU, where host and device are one, that costs nothing. */
  BRANCH {
    @Override
    String body(String statements) {
      return "    if bool(finite):\n" + statements.replaceAll("(?m)^ {4}", "      ");
    }

    @Override
    String chosen() {
      return "";
    }

    @Override
    String lerp(String average, String value, double share) {
      return "    torch._foreach_lerp_(%s, %s, %s)\n".formatted(average, value, share);
    }

    @Override
    String assign(String list, String values) {
      return "    torch._foreach_copy_(%s, %s)\n".formatted(list, values);
    }

    @Override
    String scale(String list, String number) {
      return "    torch._foreach_mul_(%s, %s)\n".formatted(list, number);
    }

    @Override
    String move(String direction, String rate) {
      return "    torch._foreach_add_(params, %s, alpha=torch.neg(%s))\n"
          .formatted(direction, rate);
    }

    @Override
    String addToDenominator(String list, String number) {
      return "    torch._foreach_add_(%s, %s)\n".formatted(list, number);
    }
  },

  /**
   * The same arithmetic with neutral numbers: gradients become 0, decays 1, denominators infinite.
   * On a GPU a branch would make the host wait for the device in every step.
   */
  ARITHMETIC {
    @Override
    String body(String statements) {
      return statements;
    }

    /** Chosen, because a product would leave NaN as it is. */
    @Override
    String chosen() {
      return """
              chosen = annotate(List[Tensor], [])
              for t in g:
                chosen = torch.append(chosen, torch.where(finite, t, 0.))
              g = chosen
          """;
    }

    @Override
    String lerp(String average, String value, double share) {
      return scale(average, String.valueOf(1 - share))
          + "    torch._foreach_add_(%s, %s, alpha=%s)\n".formatted(average, value, share);
    }

    @Override
    String assign(String list, String values) {
      return """
              values = %2$s
              for i in range(torch.len(values)):
                torch.copy_(%1$s[i], torch.where(finite, values[i], %1$s[i]))
          """
          .formatted(list, values);
    }

    @Override
    String scale(String list, String number) {
      return "    torch._foreach_mul_(%s, %s)\n".formatted(list, choice(number, "1."));
    }

    @Override
    String move(String direction, String rate) {
      return "    torch._foreach_add_(params, torch._foreach_mul(%s, %s))\n"
          .formatted(direction, choice("torch.neg(" + rate + ")", "0."));
    }

    @Override
    String addToDenominator(String list, String number) {
      return "    torch._foreach_add_(%s, %s)\n".formatted(list, choice(number, INFINITY));
    }

    private static String choice(String number, String otherwise) {
      return "torch.to(torch.where(finite, %s, %s), 6)".formatted(number, otherwise); // 6: float32
    }
  };

  private static final String INFINITY = "float(\"inf\")";

  /** All of a method. */
  abstract String body(String statements);

  /** Makes the gradients {@code g} harmless. */
  abstract String chosen();

  /** average += share · (value − average). */
  abstract String lerp(String average, String value, double share);

  /** list = values. */
  abstract String assign(String list, String values);

  /** list ·= number. */
  abstract String scale(String list, String number);

  /** params −= rate · direction. */
  abstract String move(String direction, String rate);

  /** list += number, a denominator that takes epsilon. */
  abstract String addToDenominator(String list, String number);

  /** average = keep · average + (1 − keep) · value². */
  String meanOfSquares(String average, String value, double keep) {
    return scale(average, String.valueOf(keep))
        + "    torch._foreach_addcmul_(%1$s, %2$s, %2$s, %3$s)\n"
            .formatted(average, value, 1 - keep);
  }

  /**
   * {@code g}, the gradients with weight decay added to those of the parameters {@code decaying}:
   * on a copy, because their own norms are reported.
   */
  String coupledDecay(double weightDecay) {
    String g =
        weightDecay == 0
            ? "    g = grads\n"
            : """
                g = torch._foreach_add(torch.slice(grads, 0, torch.len(decaying), 1), decaying, alpha=%s)
                g = torch.add(g, torch.slice(grads, torch.len(decaying), torch.len(grads), 1))
              """
                .indent(2)
                .formatted(weightDecay);
    return g + chosen();
  }
}
