"""
Read and write question files in GIFT and Moodle XML format.

This package needs neither Django nor the product's documents. Its formats are described at
https://docs.moodle.org/en/GIFT_format and https://docs.moodle.org/en/Moodle_XML_format. Where these
leave a question open, it reads a file as Moodle's `question/format/gift/format.php` and
`question/format/xml/format.php` do.

`gift` and `moodle_xml` each have two functions: `read` returns a `ParsedFile`, with the questions,
unsupported questions and problems of a file, and `write` returns the content of a file.
"""
