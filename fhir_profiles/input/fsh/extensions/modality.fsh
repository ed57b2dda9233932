Extension: Modality
Id: modality
Title: "How a participant took part"
Description: "In the room, by video, or by telephone. Encounter.class can't tell the telephone from video, and payers pay them differently."
Context: Encounter
* value[x] 1..1
* value[x] only code
* valueCode from ModalityCodes (required)
