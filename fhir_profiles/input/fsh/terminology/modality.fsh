CodeSystem: ModalityCodeSystem
Id: modality
Title: "Modality"
Description: "How a participant took part in a session."
* ^caseSensitive = true
* #in-person "In person" "In the room."
* #video "Video" "By sound and picture."
* #audio "Audio" "By sound alone."

ValueSet: ModalityCodes
Id: modality-codes
Title: "Modality"
Description: "All modalities."
* include codes from system ModalityCodeSystem
