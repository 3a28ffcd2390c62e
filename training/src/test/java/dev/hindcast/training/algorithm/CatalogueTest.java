package dev.hindcast.training.algorithm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.hindcast.core.config.UserError;
import dev.hindcast.core.data.ActionSpace;
import java.util.List;
import org.junit.jupiter.api.Test;

class CatalogueTest {
  private static final ActionSpace DISCRETE = new ActionSpace.Discrete(3);
  private static final ActionSpace BOX = new ActionSpace.Box(List.of(-1f), List.of(1f));
  private static final Algorithm SHARES = new ActionShares();
  private static final Catalogue CATALOGUE = new Catalogue(List.of(SHARES), List.of());

  @Test
  void dataOfTheOtherKindOfActionsAreRefusedInWords() {
    assertThatCode(() -> CATALOGUE.check(SHARES, DISCRETE)).doesNotThrowAnyException();
    assertThatThrownBy(() -> CATALOGUE.check(SHARES, BOX))
        .isInstanceOf(UserError.class)
        .hasMessageContaining("Cannot train action-shares: it is for discrete actions")
        .hasMessageContaining(BOX.inWords())
        .hasMessageContaining("Ingest the action as discrete");
  }

  @Test
  void roomsAreJoinedInTheirOrderAndNoNameIsThereTwice() {
    Catalogue none = new Catalogue(List.of(), List.of());
    assertThat(none.and(CATALOGUE).named("action-shares")).contains(SHARES);
    assertThat(none.and(CATALOGUE).named("action-share")).isEmpty();
    assertThatThrownBy(() -> CATALOGUE.and(CATALOGUE))
        .hasMessage("There are two algorithms action-shares.");
  }

  @Test
  void namesThatAreMissingAreExplained() {
    assertThat(CATALOGUE.refusal("action-share"))
        .isEqualTo("there is no algorithm 'action-share'. Did you mean action-shares?");
    assertThat(new Catalogue(List.of(), List.of(SHARES)).refusal("action-shares"))
        .startsWith("action-shares needs fresh interactions")
        .contains("hindcast list algorithms");
  }

  @Test
  void judgeIsTheFirstThatValuesActions() {
    assertThat(CATALOGUE.judge()).isEmpty();
  }
}
