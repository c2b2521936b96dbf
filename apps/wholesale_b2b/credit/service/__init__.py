"""What other capabilities ask of credit: `exposure` for their panels; the rest is in the modules of this folder."""

from wholesale_b2b.credit.service.judging import exposure

__all__ = ["exposure"]
