"""Shapes to drawings: Mermaid flowcharts and tables."""
