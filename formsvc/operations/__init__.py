"""What people do with formsvc, one verb a file; the doors parse, call one of these, and show."""
