"""The chores of people who write texts: check, draw, compare, translate, publish. A bot that runs needs none of it."""
