"""The questionnaire of the worked example: our own wording, with the codes of its export."""

AGREEMENT = {
    "1": "Strongly disagree",
    "2": "Disagree",
    "3": "Neither agree nor disagree",
    "4": "Agree",
    "5": "Strongly agree",
}
FREQUENCY = {"1": "Daily", "2": "Weekly", "3": "Rarely", "4": "Never"}

# People asked, by Center: customs entry officers, entry specialists, import specialists. The sum
# (1,052) is published, the split is generated.
TITLES = ("Customs entry officer", "Entry specialist", "Import specialist")
PEOPLE = {
    "Agriculture and Prepared Products": (9, 34, 77),
    "Apparel, Footwear and Textiles": (14, 41, 118),
    "Automotive and Aerospace": (6, 22, 57),
    "Base Metals": (8, 27, 71),
    "Consumer Products and Mass Merchandising": (17, 46, 125),
    "Electronics": (12, 31, 84),
    "Industrial and Manufacturing Materials": (5, 18, 46),
    "Machinery": (7, 19, 48),
    "Petroleum, Natural Gas and Minerals": (3, 11, 25),
    "Pharmaceuticals, Health and Chemicals": (4, 20, 47),
}

NOTE = (
    "The responses are generated and describe nobody: they were made so that the percentages of "
    "seven items, the number asked and the numbers who finished or stopped equal those printed in "
    "DHS OIG report OIG-22-34. The wording of the questions is ours, and the "
    "comments are placeholders."
)

GROUPS: tuple[dict, ...] = (
    {
        "name": "center",
        "source": "Center",
        "wording": "Center",
        "type": "single",
        "group": True,
        "choices": list(PEOPLE),
    },
    {
        "name": "title",
        "source": "Title",
        "wording": "Job title",
        "type": "single",
        "group": True,
        "choices": list(TITLES),
    },
)

QUESTIONS: tuple[dict, ...] = (
    {
        "name": "years_in_position",
        "source": "QID1_TEXT",
        "wording": "How many full years have you worked in your present position?",
        "type": "numeric",
    },
    {
        "name": "training_received",
        "sources": {
            "QID2_1": "Classroom course",
            "QID2_2": "Online course",
            "QID2_3": "Webinar or seminar",
            "QID2_4": "Coaching by a colleague",
            "QID2_5": "None of these",
        },
        "wording": "Which training have you received for your work at the Center?",
        "type": "multi",
    },
    {
        "name": "guidance_clear",
        "source": "QID3",
        "wording": "The guidance for my daily work is clear.",
        "type": "likert",
        "choices": AGREEMENT | {"9": "Don't know"},
        "dont_know": ["9"],
    },
    {
        "name": "no_review_policy",
        "source": "QID4",
        "wording": "Does a policy require a focused review of your Center's operation?",
        "type": "single",
        "choices": {"1": "Yes", "2": "No"},
    },
    {
        "name": "no_own_procedures",
        "source": "QID5",
        "wording": "Does your Center have policies and procedures of its own for day-to-day work?",
        "type": "single",
        "choices": {"1": "Yes", "2": "No"},
    },
    {
        "name": "unaware_role_policies",
        "source": "QID6",
        "wording": "Are you aware of written policies that tell apart what Centers and ports do?",
        "type": "single",
        "choices": {"1": "Aware of them", "2": "Not aware of any"},
    },
    {
        "name": "understands_roles",
        "source": "QID7",
        "wording": "Do you understand how the roles of the Centers and the ports differ?",
        "type": "single",
        "choices": {"1": "Yes", "2": "In part", "3": "No"},
    },
    {
        "name": "guidance_used",
        "sources": {
            "QID8_1": "National directives",
            "QID8_2": "My Center's own guide",
            "QID8_3": "Instructions of the port",
            "QID8_4": "Advice of colleagues",
        },
        "wording": "How often do you use the following in your work?",
        "type": "matrix",
        "choices": FREQUENCY,
    },
    {
        "name": "never_in_review",
        "source": "QID9",
        "wording": "Have you ever been part of an internal review or risk assessment here?",
        "type": "single",
        "choices": {"1": "Never", "2": "Once", "3": "More than once"},
    },
    {
        "name": "review_result_told",
        "source": "QID10",
        "wording": "Were you told the result of that review?",
        "type": "single",
        "choices": {"1": "Yes", "2": "No", "9": "Don't recall"},
        "dont_know": ["9"],
        "asked_if": {"item": "never_in_review", "labels": ["Once", "More than once"]},
    },
    {
        "name": "no_seacats_input",
        "source": "QID11",
        "wording": "Do you enter information into SEACATS?",
        "type": "single",
        "choices": {"1": "I do", "2": "I do not"},
    },
    {
        "name": "no_case_initiation",
        "source": "QID12",
        "wording": "How far are you involved in initiating penalty cases?",
        "type": "single",
        "choices": {"1": "Regularly", "2": "Now and then", "3": "Not involved"},
    },
    {
        "name": "seacats_help",
        "source": "QID13",
        "wording": "I get the help I need with penalty cases.",
        "type": "likert",
        "choices": AGREEMENT | {"8": "Not part of my work", "9": "Don't know"},
        "not_applicable": ["8"],
        "dont_know": ["9"],
    },
    {
        "name": "ports_coordinate",
        "source": "QID14",
        "wording": "My Center and the ports I work with coordinate well.",
        "type": "likert",
        "choices": AGREEMENT | {"9": "Don't know"},
        "dont_know": ["9"],
    },
    {
        "name": "comment",
        "source": "QID15_TEXT",
        "wording": "Is there anything you want to add?",
        "type": "text",
    },
)
