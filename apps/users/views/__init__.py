"""Who one is (`auth`), one's account (`account`), and who else there is (`people`)."""
