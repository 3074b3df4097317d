"""Bounds of a calendar that was found without any: by half-days alone, and by what visits are paid."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from mobility.bus_calendar import StageProof
from mobility.errors import MobilityError
from mobility.travel import Watch
from tours.crew_days import CrewPrices
from tours.crew_driving import CrewDriving
from tours.slots import Grid


def bounded(
    crews: CrewDriving, grid: Grid, told: Sequence[StageProof], prices: CrewPrices | None, watch: Watch
) -> tuple[StageProof, ...]:
    """Return the stages of a calendar with the bound of each among what is as good as it on those before.

    Whatever crews can do, they hold no more half-days than there are: so each bound holds for all calendars. That of
    the need is known already; ``prices`` bound the metres, lowered until they hold for all that crews can do.
    """
    half = crews.model(grid, driven=False)
    proofs = []
    for stage in told:
        begun, bound = time.monotonic(), stage.bound
        try:
            if stage.objective == "weakest":
                bound = min(bound, half.most("weakest", crews.left()) or 0.0)
            elif stage.objective == "distance" and prices is not None:
                bound = half.least_metres(prices.lowered(crews.whole), crews.left())
        except MobilityError as error:
            if error.code != "no-time":
                raise
        limit = min if stage.objective == "distance" else max
        proofs.append(replace(stage, bound=limit(bound, stage.value), seconds=time.monotonic() - begun))
        watch(stage.objective, stage.value, proofs[-1].bound)
        if stage.objective != "distance":
            half.keep(stage.objective, stage.value * (1 - crews.problem.tolerance))
    return tuple(proofs)
