CodeSystem: CancelledBecauseCodeSystem
Id: cancelled-because
Title: "Why groupbill cancelled"
Description: "Reasons for which groupbill itself ends a charge, claim or task."
* ^caseSensitive = true
* #changed "Changed" "The facts changed; a newer one takes its place."
* #gone "Gone" "There is nothing to bill any more."
* #held "Held" "A finding holds the charge until a person decides."

ValueSet: CancelledBecauseCodes
Id: cancelled-because-codes
Title: "Why groupbill cancelled"
Description: "All reasons."
* include codes from system CancelledBecauseCodeSystem
