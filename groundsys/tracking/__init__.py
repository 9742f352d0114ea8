"""Radiometric tracking: what stations measured against what was foreseen, and as CCSDS TDM."""

from groundsys.tracking.burns import BurnEstimate, ToldBurn, estimate_burn
from groundsys.tracking.residuals import PassResiduals, compare, residuals_of
from groundsys.tracking.tdm import write_tdm_kvn, write_tdm_xml

__all__ = [
    "BurnEstimate",
    "PassResiduals",
    "ToldBurn",
    "compare",
    "estimate_burn",
    "residuals_of",
    "write_tdm_kvn",
    "write_tdm_xml",
]
