CodeSystem: DocumentationCodeSystem
Id: documentation
Title: "Documentation of a session"
Description: "Codes of Observations on an Encounter by which a clinic records what payers ask about a session."
* ^caseSensitive = true
* #number-attending "Number attending" "How many took part (valueInteger)."
* #interactive-complexity "Interactive complexity" "The patient's own note shows a communication factor that CPT 90785 asks for (valueBoolean)."
* #audio-only-reason "Reason for audio only" "Why the telephone was used is recorded, and that video could have been (valueBoolean)."
* #telehealth-consent "Consent to telehealth" "The patient agreed to take part remotely (valueBoolean)."
* #incident-to "Incident to" "The service was given incident to the supervisor's (valueBoolean)."
* #intermediate-care "Intermediate care" "The session was part of an intermediate-care program (valueBoolean)."

ValueSet: DocumentationCodes
Id: documentation-codes
Title: "Documentation of a session"
Description: "All codes of documentation."
* include codes from system DocumentationCodeSystem
