-- Which settings did each host have on each day?
SELECT DISTINCT host, day, name, value
FROM facts
ORDER BY host, name, day, value
