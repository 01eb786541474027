"""What is asked: follow-up questions, and the days that a question names."""
