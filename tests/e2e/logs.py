"""What a whole line of each log format looks like, for checking logs from outside."""
import re

LINE = {
    "visits": re.compile(rb"Visit at: \d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6} "),
    "django": re.compile(rb"INFO \d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} views \d+ A client visited"),
    "combined": re.compile(
        rb'\S+ - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "[^"]*" 200 \S+ "[^"]*" "[^"]*"'),
    "json": re.compile(rb'\{"time":"[^"]+",.*\}'),
}


def torn(lines, form):
    """The lines that are not whole lines of that format."""
    return [line for line in lines if not LINE[form].fullmatch(line)]

