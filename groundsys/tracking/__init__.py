"""Radiometric tracking: what stations measured against what was foreseen, and as CCSDS TDM."""

from groundsys.tracking.residuals import PassResiduals, compare, residuals_of
from groundsys.tracking.tdm import write_tdm_kvn, write_tdm_xml

__all__ = ["PassResiduals", "compare", "residuals_of", "write_tdm_kvn", "write_tdm_xml"]
