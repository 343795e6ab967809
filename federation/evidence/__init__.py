"""What people have when the token is gone: records of logins, and the files in which trust policies are written."""
