"""What leadership takes to the meeting: one page as PDF, the page's figures as a workbook, and a mail that the page is ready."""
