namespace Realtime.Devhost.Demo.Plans;

/// <summary>A shell script with tests, and what the coding agent makes of it in its attempts.</summary>
internal static class SlugProject
{
    private const string Issue = """
        # Titles as addresses
        `slug.sh "Hello, World!"` should print `hello-world`: it goes into addresses.


        """;

    private const string Before = """
        #!/bin/sh
        # Prints a title as the last part of an address.
        slug() {
            printf '%s' "$1" | tr 'A-Z' 'a-z'
        }
        slug "$1"

        """;

    // The tests take their time, as tests do.
    private const string Tests = """
        #!/bin/sh
        failed=0
        check() {
            sleep 0.4
            got=$(sh slug.sh "$1")
            if [ "$got" = "$2" ]; then
                printf '  \033[32mok\033[0m    "%s" is %s\n' "$1" "$got"
            else
                printf '  \033[31mFAIL\033[0m  "%s" is %s, not %s\n' "$1" "$got" "$2"
                failed=$((failed + 1))
            fi
        }
        check 'Agents' agents
        check 'Live agents' live-agents
        check 'Hello, World!' hello-world
        check '  Twice  the  space ' twice-the-space
        check 'Step 3 of 4' step-3-of-4
        if [ $failed -gt 0 ]; then
            printf '\033[1;31m%s of 5 tests failed\033[0m\n' $failed
            exit 1
        fi
        printf '\033[1;32mall 5 tests passed\033[0m\n'

        """;

    private static readonly string[] Attempts =
    [
        Before.Replace("tr 'A-Z' 'a-z'", "tr 'A-Z ' 'a-z-'", StringComparison.Ordinal),
        Before.Replace(
            "tr 'A-Z' 'a-z'", "tr 'A-Z' 'a-z' | tr -cs 'a-z0-9' '-' | sed 's/^-//; s/-$//'",
            StringComparison.Ordinal),
    ];

    /// <summary>Writes the files as they are before an attempt, and beside them what the agent makes of one.</summary>
    public static void Write(string directory, int attempt)
    {
        File.WriteAllText(Path.Combine(directory, "ISSUE.md"), Issue);
        File.WriteAllText(Path.Combine(directory, "slug.sh"), Before);
        File.WriteAllText(Path.Combine(directory, "slug.new"), Attempts[attempt - 1]);
        File.WriteAllText(Path.Combine(directory, "test.sh"), Tests);
    }
}
