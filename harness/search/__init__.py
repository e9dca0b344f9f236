"""seek=seek"""
