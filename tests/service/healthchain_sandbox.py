"""Run by another interpreter: HealthChain's sandbox sends a request and checks the cards with its own models.

    python healthchain_sandbox.py URL PREFETCH.json PATIENT

The sandbox invents a patient for the context; ours takes its place, since a card is about the patient of the context.
"""

import json
import sys

from healthchain.sandbox import SandboxClient

url, prefetch, patient = sys.argv[1:]
client = SandboxClient(url=url, workflow="encounter-discharge")
client.load_from_path(prefetch)
for request in client.requests:
    request.context.patientId = patient
sent = client.send_requests()
client.clear_requests()
client.load_synthetic(2, random_seed=7)
print(json.dumps(sent + client.send_requests()))
