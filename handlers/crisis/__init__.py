"""§2 and §5: from activation by the framing staff's meeting to stand-down, what sets everything else going.

§2 "Beredskabsniveau 2", §5 "Aktivering og drift af krisestab", its two hours and three days, "indtil borgmester eller dennes
stedfortræder giver meddelelse".
"""
