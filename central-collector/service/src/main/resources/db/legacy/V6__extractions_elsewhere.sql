-- Local extractions are told by the central database, which took them in.
DROP VIEW report.extractions, report.extractions_rows;
