"""The administrator's timetable: days off and worked in exchange, limits set by law; what a change moves is shown before it is saved."""
