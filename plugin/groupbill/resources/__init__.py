"""What groupbill writes: ChargeItem, Claim, Task and Provenance of one patient each, and the gate."""
