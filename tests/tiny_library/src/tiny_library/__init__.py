"""A miniature library in which candidates change one thing each."""


def total(numbers):
    return sum(numbers) if numbers else None


def greeting(name):
    return "Hello, " + name


def feature():
    return True
