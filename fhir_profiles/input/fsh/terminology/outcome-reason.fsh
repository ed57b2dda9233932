CodeSystem: OutcomeReasonCodeSystem
Id: outcome-reason
Title: "Reason of an outcome"
Description: "Why a member of the roster was not charged, is held, or pays alone. A charge that a rule holds has the code of the rule instead (CodeSystem findings)."
* ^caseSensitive = true
* #self-pay "Self-pay" "The patient pays: a charge, no claim."
* #no-coverage "No coverage" "No Coverage is on file: a charge, no claim."
* #no-show "No-show" "The patient did not come."
* #cancelled "Cancelled" "The visit was cancelled."
* #not-a-patient "Not a patient" "Somebody on the roster who is no Patient."
* #not-attended "Not attended" "Inactive, ended, declined, or entered in error."
* #family-member "Family member" "Billed with the identified patient of the family."
* #in-progress "In progress" "The visit is not over yet."
* #already-claimed "Already claimed" "Somebody else's live claim stands for the service."
* #cancelled-by-person "Cancelled by a person" "A person ended the charge or claim; that is respected."
* #attendance-unverified "Attendance unverified" "Nothing stronger than a roster, a reply or a note shows attendance."
* #attendance-conflict "Attendance conflict" "Records of equal weight contradict each other."

ValueSet: OutcomeReasonCodes
Id: outcome-reason-codes
Title: "Reason of an outcome"
Description: "All reasons."
* include codes from system OutcomeReasonCodeSystem
