#include "parser/language.h"

#include <algorithm>
#include <array>
#include <span>

namespace vigil::parser {
namespace {

struct Entry {
  std::string_view name;  ///< in lower case
  std::string_view language;
};

// clang-format off
/// By the whole name, where the extension would mislead or there is none.
constexpr auto kNames = std::to_array<Entry>({
    {".babelrc", "JSON with Comments"}, {".bash_profile", "Shell"}, {".bashrc", "Shell"},
    {".clang-format", "YAML"}, {".clang-tidy", "YAML"}, {".dockerignore", "Ignore List"},
    {".editorconfig", "EditorConfig"}, {".eslintignore", "Ignore List"},
    {".eslintrc", "JSON with Comments"}, {".gitattributes", "Git Attributes"},
    {".gitconfig", "Git Config"}, {".gitignore", "Ignore List"}, {".gitmodules", "Git Config"},
    {".npmignore", "Ignore List"}, {".npmrc", "NPM Config"}, {".prettierignore", "Ignore List"},
    {".prettierrc", "YAML"}, {".profile", "Shell"}, {".vimrc", "Vim Script"},
    {".zprofile", "Shell"}, {".zshenv", "Shell"}, {".zshrc", "Shell"}, {"brewfile", "Ruby"},
    {"build.bazel", "Starlark"}, {"cargo.lock", "TOML"}, {"cmakelists.txt", "CMake"},
    {"codeowners", "CODEOWNERS"}, {"containerfile", "Dockerfile"}, {"cpanfile", "Perl"},
    {"dangerfile", "Ruby"}, {"dockerfile", "Dockerfile"}, {"earthfile", "Earthly"},
    {"fastfile", "Ruby"}, {"flake.lock", "JSON"}, {"gemfile", "Ruby"}, {"gnumakefile", "Makefile"},
    {"go.mod", "Go Module"}, {"go.sum", "Go Checksums"}, {"go.work", "Go Workspace"},
    {"guardfile", "Ruby"}, {"jenkinsfile", "Groovy"}, {"justfile", "Just"}, {"kbuild", "Makefile"},
    {"kconfig", "Kconfig"}, {"makefile", "Makefile"}, {"meson.build", "Meson"},
    {"meson_options.txt", "Meson"}, {"module.bazel", "Starlark"}, {"pipfile", "TOML"},
    {"pkgbuild", "Shell"}, {"podfile", "Ruby"}, {"poetry.lock", "TOML"}, {"procfile", "Procfile"},
    {"rakefile", "Ruby"}, {"requirements.txt", "Pip Requirements"}, {"sconscript", "Python"},
    {"sconstruct", "Python"}, {"snakefile", "Snakemake"}, {"tsconfig.json", "JSON with Comments"},
    {"vagrantfile", "Ruby"}, {"yarn.lock", "YAML"},
});

/// By what is behind the last dot. Where languages share an extension the most used one has it.
constexpr auto kExtensions = std::to_array<Entry>({
    {"4th", "Forth"}, {"abap", "ABAP"}, {"ada", "Ada"}, {"adb", "Ada"}, {"ado", "Stata"},
    {"adoc", "AsciiDoc"}, {"adp", "Tcl"}, {"ads", "Ada"}, {"agda", "Agda"}, {"ahk", "AutoHotkey"},
    {"aj", "AspectJ"}, {"als", "Alloy"}, {"angelscript", "AngelScript"}, {"apib", "API Blueprint"},
    {"apl", "APL"}, {"applescript", "AppleScript"}, {"arc", "Arc"}, {"as", "ActionScript"},
    {"asax", "ASP.NET"}, {"asc", "AsciiDoc"}, {"asciidoc", "AsciiDoc"}, {"ascx", "ASP.NET"},
    {"asd", "Common Lisp"}, {"ashx", "ASP.NET"}, {"asl", "ASL"}, {"asm", "Assembly"},
    {"asmx", "ASP.NET"}, {"aspx", "ASP.NET"}, {"astro", "Astro"}, {"asy", "Asymptote"},
    {"au3", "AutoIt"}, {"avdl", "Avro IDL"}, {"avsc", "JSON"}, {"awk", "Awk"}, {"bal", "Ballerina"},
    {"bas", "VBA"}, {"bash", "Shell"}, {"bat", "Batchfile"}, {"bats", "Shell"},
    {"bazel", "Starlark"}, {"bb", "BitBake"}, {"bb2", "BlitzBasic"}, {"bbappend", "BitBake"},
    {"bbclass", "BitBake"}, {"bbx", "TeX"}, {"bf", "Beef"}, {"bi", "FreeBASIC"}, {"bib", "BibTeX"},
    {"bibtex", "BibTeX"}, {"bicep", "Bicep"}, {"bicepparam", "Bicep"}, {"bison", "Bison"},
    {"blade", "Blade"}, {"boo", "Boo"}, {"boot", "Clojure"}, {"bro", "Zeek"},
    {"brs", "Brightscript"}, {"bsv", "Bluespec"}, {"bzl", "Starlark"}, {"c", "C"}, {"c++", "C++"},
    {"cairo", "Cairo"}, {"cake", "C#"}, {"capnp", "Cap'n Proto"}, {"cats", "C"}, {"cbl", "COBOL"},
    {"cbx", "TeX"}, {"cc", "C++"}, {"ceylon", "Ceylon"}, {"cfc", "ColdFusion CFC"}, {"cfg", "INI"},
    {"cfm", "ColdFusion"}, {"cfml", "ColdFusion"}, {"cginc", "ShaderLab"}, {"chpl", "Chapel"},
    {"circom", "Circom"}, {"cjs", "JavaScript"}, {"cl", "Common Lisp"}, {"clang-format", "YAML"},
    {"clang-tidy", "YAML"}, {"clangd", "YAML"}, {"clar", "Clarity"}, {"clj", "Clojure"},
    {"cljc", "Clojure"}, {"cljs", "Clojure"}, {"cls", "Apex"}, {"cmake", "CMake"},
    {"cmd", "Batchfile"}, {"cob", "COBOL"}, {"cobol", "COBOL"},
    {"code-snippets", "JSON with Comments"}, {"code-workspace", "JSON with Comments"},
    {"coffee", "CoffeeScript"}, {"command", "Shell"}, {"comp", "GLSL"}, {"conf", "INI"},
    {"containerfile", "Dockerfile"}, {"coq", "Coq"}, {"cpp", "C++"}, {"cppm", "C++"},
    {"cpy", "COBOL"}, {"cr", "Crystal"}, {"cs", "C#"}, {"cshtml", "Razor"}, {"cson", "CSON"},
    {"csproj", "XML"}, {"css", "CSS"}, {"csv", "CSV"}, {"csx", "C#"}, {"cts", "TypeScript"},
    {"cu", "Cuda"}, {"cue", "CUE"}, {"cuh", "Cuda"}, {"curry", "Curry"}, {"cweb", "CWeb"},
    {"cwl", "Common Workflow Language"}, {"cxx", "C++"}, {"cyp", "Cypher"}, {"cypher", "Cypher"},
    {"d", "D"}, {"dart", "Dart"}, {"dcl", "Clean"}, {"ddl", "SQL"}, {"dfm", "Pascal"},
    {"dhall", "Dhall"}, {"di", "D"}, {"diff", "Diff"}, {"dlm", "IDL"}, {"dml", "SQL"},
    {"do", "Stata"}, {"dockerfile", "Dockerfile"}, {"dot", "Graphviz (DOT)"}, {"dpr", "Pascal"},
    {"dsl", "ASL"}, {"dsp", "Faust"}, {"dta", "Stata"}, {"dtrace", "DTrace"}, {"dtx", "TeX"},
    {"dwl", "DataWeave"}, {"dyalog", "APL"}, {"dyl", "Dylan"}, {"dylan", "Dylan"}, {"e", "Eiffel"},
    {"earth", "Earthly"}, {"ebnf", "EBNF"}, {"edge", "Edge"}, {"editorconfig", "INI"},
    {"edn", "Clojure"}, {"ejs", "EJS"}, {"el", "Emacs Lisp"}, {"eliom", "OCaml"}, {"elm", "Elm"},
    {"elv", "Elvish"}, {"env", "Dotenv"}, {"epp", "Puppet"}, {"eps", "PostScript"},
    {"erb", "HTML+ERB"}, {"erl", "Erlang"}, {"es6", "JavaScript"}, {"escript", "Erlang"},
    {"euphoria", "Euphoria"}, {"ex", "Elixir"}, {"exs", "Elixir"}, {"f", "Fortran"},
    {"f03", "Fortran Free Form"}, {"f08", "Fortran Free Form"}, {"f77", "Fortran"},
    {"f90", "Fortran Free Form"}, {"f95", "Fortran Free Form"}, {"factor", "Factor"},
    {"fan", "Fantom"}, {"fancypack", "Fancy"}, {"feature", "Cucumber"}, {"fish", "fish"},
    {"fnl", "Fennel"}, {"for", "Fortran"}, {"forth", "Forth"}, {"fpp", "Fortran"}, {"frag", "GLSL"},
    {"frm", "VBA"}, {"frt", "Forth"}, {"fs", "F#"}, {"fsi", "F#"}, {"fsproj", "XML"}, {"fst", "F*"},
    {"fsti", "F*"}, {"fsx", "F#"}, {"fth", "Forth"}, {"ftl", "Fluent"}, {"fun", "Standard ML"},
    {"fut", "Futhark"}, {"fx", "HLSL"}, {"fxh", "HLSL"}, {"fy", "Fancy"}, {"gap", "GAP"},
    {"gawk", "Awk"}, {"gcode", "G-code"}, {"gd", "GDScript"}, {"gdns", "Godot Resource"},
    {"gdscript", "GDScript"}, {"gdshader", "GDShader"}, {"gemspec", "Ruby"}, {"geojson", "JSON"},
    {"geom", "GLSL"}, {"gf", "Grammatical Framework"}, {"gherkin", "Gherkin"}, {"gi", "GAP"},
    {"gleam", "Gleam"}, {"glsl", "GLSL"}, {"gnu", "Gnuplot"}, {"gnuplot", "Gnuplot"}, {"go", "Go"},
    {"golo", "Golo"}, {"gp", "Gnuplot"}, {"gql", "GraphQL"}, {"gradle", "Gradle"},
    {"graphql", "GraphQL"}, {"graphqls", "GraphQL"}, {"groovy", "Groovy"}, {"grt", "Groovy"},
    {"gs", "Gosu"}, {"gst", "Gosu"}, {"gsx", "Gosu"}, {"gv", "Graphviz (DOT)"}, {"gvy", "Groovy"},
    {"gyp", "Python"}, {"gypi", "Python"}, {"h", "C"}, {"h++", "C++"}, {"hack", "Hack"},
    {"haml", "Haml"}, {"handlebars", "Handlebars"}, {"har", "JSON"}, {"hbs", "Handlebars"},
    {"hcl", "HCL"}, {"hh", "C++"}, {"hhi", "Hack"}, {"hlsl", "HLSL"}, {"hlsli", "HLSL"},
    {"hoon", "Hoon"}, {"hpp", "C++"}, {"hqf", "SQF"}, {"hrl", "Erlang"}, {"hs", "Haskell"},
    {"hs-boot", "Haskell"}, {"hsc", "Haskell"}, {"htm", "HTML"}, {"html", "HTML"}, {"http", "HTTP"},
    {"hx", "Haxe"}, {"hxsl", "Haxe"}, {"hxx", "C++"}, {"hy", "Hy"}, {"i3", "Modula-3"},
    {"iced", "CoffeeScript"}, {"icl", "Clean"}, {"idc", "C"}, {"idr", "Idris"}, {"ig", "Modula-3"},
    {"ijs", "J"}, {"ily", "LilyPond"}, {"iml", "XML"}, {"ini", "INI"}, {"inl", "C++"},
    {"ins", "TeX"}, {"io", "Io"}, {"ipp", "C++"}, {"ipynb", "Jupyter Notebook"},
    {"isl", "Inno Setup"}, {"iss", "Inno Setup"}, {"iuml", "PlantUML"}, {"ixx", "C++"},
    {"j2", "Jinja"}, {"jade", "Pug"}, {"janet", "Janet"}, {"jav", "Java"}, {"java", "Java"},
    {"jbuilder", "Ruby"}, {"jinja", "Jinja"}, {"jinja2", "Jinja"}, {"jl", "Julia"}, {"jq", "jq"},
    {"js", "JavaScript"}, {"jsh", "Java"}, {"jsm", "JavaScript"}, {"json", "JSON"},
    {"json5", "JSON5"}, {"jsonc", "JSON with Comments"}, {"jsonld", "JSONLD"},
    {"jsonnet", "Jsonnet"}, {"jsp", "Java Server Pages"}, {"jsx", "JavaScript"}, {"just", "Just"},
    {"kdl", "KDL"}, {"kicad_mod", "KiCad Layout"}, {"kicad_pcb", "KiCad Layout"},
    {"kicad_sch", "KiCad Schematic"}, {"kml", "XML"}, {"kojo", "Scala"}, {"kql", "KQL"},
    {"ksh", "Shell"}, {"kt", "Kotlin"}, {"ktm", "Kotlin"}, {"kts", "Kotlin"}, {"l", "Lex"},
    {"lark", "Lark"}, {"ld", "Linker Script"}, {"lds", "Linker Script"}, {"lean", "Lean"},
    {"less", "Less"}, {"lex", "Lex"}, {"lgt", "Logtalk"}, {"lhs", "Haskell"},
    {"libsonnet", "Jsonnet"}, {"lidr", "Idris"}, {"liquid", "Liquid"}, {"lisp", "Common Lisp"},
    {"litcoffee", "CoffeeScript"}, {"livemd", "Markdown"}, {"ll", "LLVM"}, {"log", "Text"},
    {"logtalk", "Logtalk"}, {"lol", "LOLCODE"}, {"lookml", "LookML"}, {"lpr", "Pascal"},
    {"ls", "LiveScript"}, {"lsp", "Common Lisp"}, {"ltx", "TeX"}, {"lua", "Lua"}, {"luau", "Luau"},
    {"lvproj", "LabVIEW"}, {"ly", "LilyPond"}, {"m", "Objective-C"}, {"m3", "Modula-3"},
    {"mak", "Makefile"}, {"mako", "Mako"}, {"mao", "Mako"}, {"markdown", "Markdown"},
    {"mata", "Stata"}, {"matlab", "MATLAB"}, {"mawk", "Awk"}, {"maxpat", "Max"}, {"md", "Markdown"},
    {"mdown", "Markdown"}, {"mdwn", "Markdown"}, {"mdx", "MDX"}, {"mermaid", "Mermaid"},
    {"meson", "Meson"}, {"metal", "Metal"}, {"mg", "Modula-3"}, {"mjs", "JavaScript"},
    {"mk", "Makefile"}, {"mkd", "Markdown"}, {"mkfile", "Makefile"}, {"ml", "OCaml"},
    {"mli", "OCaml"}, {"mll", "OCaml"}, {"mly", "OCaml"}, {"mm", "Objective-C++"},
    {"mmd", "Mermaid"}, {"mo", "Modelica"}, {"mod", "Modula-2"}, {"mojo", "Mojo"},
    {"monkey", "Monkey"}, {"monkey2", "Monkey"}, {"moo", "Mercury"}, {"moon", "MoonScript"},
    {"move", "Move"}, {"mq5", "MQL5"}, {"mqh", "MQL5"}, {"mrc", "mIRC Script"},
    {"mt", "Mathematica"}, {"mts", "TypeScript"}, {"mustache", "Mustache"}, {"mzn", "MiniZinc"},
    {"nasl", "NASL"}, {"nasm", "Assembly"}, {"nb", "Mathematica"}, {"nc", "G-code"},
    {"ncl", "Nickel"}, {"ne", "Nearley"}, {"nearley", "Nearley"}, {"nesc", "nesC"},
    {"nf", "Nextflow"}, {"nginx", "Nginx"}, {"nginxconf", "Nginx"}, {"nim", "Nim"},
    {"nimble", "Nim"}, {"nimrod", "Nim"}, {"nims", "Nim"}, {"ninja", "Ninja"}, {"nix", "Nix"},
    {"njk", "Nunjucks"}, {"nomad", "HCL"}, {"nse", "Lua"}, {"nsh", "NSIS"}, {"nsi", "NSIS"},
    {"nu", "Nu"}, {"nuspec", "XML"}, {"nut", "Squirrel"}, {"oas", "OASv3-yaml"}, {"odin", "Odin"},
    {"opencl", "OpenCL"}, {"org", "Org"}, {"owl", "Web Ontology Language"}, {"oz", "Oz"},
    {"p4", "P4"}, {"p6", "Raku"}, {"p8", "Lua"}, {"pas", "Pascal"}, {"pascal", "Pascal"},
    {"patch", "Diff"}, {"pbtxt", "Protocol Buffer Text Format"}, {"pcss", "PostCSS"},
    {"pde", "Processing"}, {"perl", "Perl"}, {"pgsql", "PLpgSQL"}, {"ph", "Perl"}, {"php", "PHP"},
    {"php3", "PHP"}, {"php4", "PHP"}, {"php5", "PHP"}, {"phps", "PHP"}, {"phtml", "PHP"},
    {"pkb", "PLSQL"}, {"pkl", "Pkl"}, {"pks", "PLSQL"}, {"pl", "Perl"}, {"pl6", "Raku"},
    {"plantuml", "PlantUML"}, {"plb", "PLSQL"}, {"plist", "XML"}, {"pls", "PLSQL"},
    {"plsql", "PLSQL"}, {"plt", "Gnuplot"}, {"plx", "Perl"}, {"pm", "Perl"}, {"pm6", "Raku"},
    {"podspec", "Ruby"}, {"pom", "XML"}, {"pony", "Pony"}, {"postcss", "PostCSS"},
    {"pov", "POV-Ray SDL"}, {"pp", "Pascal"}, {"prefs", "INI"}, {"prisma", "Prisma"},
    {"pro", "Prolog"}, {"prolog", "Prolog"}, {"promql", "PromQL"},
    {"properties", "Java Properties"}, {"props", "XML"}, {"proto", "Protocol Buffer"},
    {"ps", "PostScript"}, {"ps1", "PowerShell"}, {"psd1", "PowerShell"}, {"psgi", "Perl"},
    {"psm1", "PowerShell"}, {"pug", "Pug"}, {"puml", "PlantUML"}, {"puppet", "Puppet"},
    {"purs", "PureScript"}, {"pxd", "Cython"}, {"pxi", "Cython"}, {"py", "Python"},
    {"py3", "Python"}, {"pyi", "Python"}, {"pyp", "Python"}, {"pyw", "Python"}, {"pyx", "Cython"},
    {"qasm", "OpenQASM"}, {"qbs", "QML"}, {"ql", "CodeQL"}, {"qll", "CodeQL"}, {"qmd", "RMarkdown"},
    {"qml", "QML"}, {"qs", "Q#"}, {"r", "R"}, {"rake", "Ruby"}, {"raku", "Raku"},
    {"rakumod", "Raku"}, {"raml", "RAML"}, {"razor", "Razor"}, {"rb", "Ruby"}, {"rbi", "Ruby"},
    {"rbw", "Ruby"}, {"rd", "R"}, {"re", "Reason"}, {"red", "Red"}, {"reds", "Red"},
    {"rego", "Rego"}, {"rei", "Reason"}, {"res", "ReScript"}, {"resi", "ReScript"},
    {"resource", "RobotFramework"}, {"rest", "reStructuredText"}, {"resx", "XML"}, {"rex", "REXX"},
    {"rexx", "REXX"}, {"rhtml", "HTML+ERB"}, {"ring", "Ring"}, {"rkt", "Racket"},
    {"rktd", "Racket"}, {"rktl", "Racket"}, {"rl", "Ragel"}, {"rmd", "RMarkdown"},
    {"robot", "RobotFramework"}, {"roc", "Roc"}, {"rockspec", "Lua"}, {"rpy", "Ren'Py"},
    {"rq", "SPARQL"}, {"rs", "Rust"}, {"rss", "XML"}, {"rst", "reStructuredText"}, {"rsx", "R"},
    {"ru", "Ruby"}, {"s", "Assembly"}, {"sas", "SAS"}, {"sass", "Sass"}, {"sbt", "Scala"},
    {"sc", "Scala"}, {"scad", "OpenSCAD"}, {"scala", "Scala"}, {"scd", "SuperCollider"},
    {"sce", "Scilab"}, {"sch", "Scheme"}, {"sci", "Scilab"}, {"scm", "Scheme"},
    {"scpt", "AppleScript"}, {"scrbl", "Racket"}, {"scss", "SCSS"}, {"sed", "sed"}, {"sh", "Shell"},
    {"shader", "ShaderLab"}, {"sig", "Standard ML"}, {"slang", "Slang"}, {"sld", "Scheme"},
    {"slim", "Slim"}, {"sls", "Scheme"}, {"smali", "Smali"}, {"smithy", "Smithy"},
    {"smk", "Snakemake"}, {"sml", "Standard ML"}, {"snakefile", "Snakemake"}, {"sol", "Solidity"},
    {"sparql", "SPARQL"}, {"sps", "Scheme"}, {"sqf", "SQF"}, {"sql", "SQL"},
    {"srt", "SRecode Template"}, {"ss", "Scheme"}, {"st", "Smalltalk"}, {"stan", "Stan"},
    {"star", "Starlark"}, {"storyboard", "XML"}, {"sty", "TeX"}, {"styl", "Stylus"},
    {"sublime-syntax", "YAML"}, {"surql", "Surql"}, {"sv", "SystemVerilog"}, {"svelte", "Svelte"},
    {"svg", "SVG"}, {"svh", "SystemVerilog"}, {"sw", "Sway"}, {"swift", "Swift"},
    {"sx", "Unix Assembly"}, {"t", "Perl"}, {"tab", "TSV"}, {"targets", "XML"}, {"tcc", "C++"},
    {"tcl", "Tcl"}, {"templ", "Templ"}, {"tesc", "GLSL"}, {"tese", "GLSL"}, {"tex", "TeX"},
    {"text", "Text"}, {"textile", "Textile"}, {"textproto", "Protocol Buffer Text Format"},
    {"tf", "Terraform"}, {"tfvars", "Terraform"}, {"thor", "Ruby"}, {"thrift", "Thrift"},
    {"thy", "Isabelle"}, {"tla", "TLA"}, {"tm", "Tcl"}, {"tmux", "Shell"}, {"tofu", "Terraform"},
    {"toml", "TOML"}, {"topojson", "JSON"}, {"tpl", "Smarty"}, {"tpp", "C++"},
    {"tres", "Godot Resource"}, {"trigger", "Apex"}, {"ts", "TypeScript"},
    {"tscn", "Godot Resource"}, {"tsp", "TypeSpec"}, {"tsql", "TSQL"}, {"tsv", "TSV"},
    {"tsx", "TSX"}, {"ttl", "Turtle"}, {"twig", "Twig"}, {"txt", "Text"},
    {"txtpb", "Protocol Buffer Text Format"}, {"txx", "C++"}, {"typ", "Typst"},
    {"uc", "UnrealScript"}, {"ui", "XML"}, {"v", "Verilog"}, {"v8", "Coq"}, {"vala", "Vala"},
    {"vapi", "Vala"}, {"vb", "Visual Basic .NET"}, {"vba", "VBA"}, {"vbhtml", "Visual Basic .NET"},
    {"vbproj", "XML"}, {"vbs", "VBScript"}, {"vcxproj", "XML"}, {"veo", "Verilog"},
    {"verilog", "Verilog"}, {"vert", "GLSL"}, {"vh", "SystemVerilog"}, {"vhd", "VHDL"},
    {"vhdl", "VHDL"}, {"vho", "VHDL"}, {"vhost", "Nginx"}, {"vim", "Vim Script"},
    {"vm", "Velocity Template Language"}, {"vmb", "Vim Script"}, {"vsh", "V"},
    {"vtl", "Velocity Template Language"}, {"vue", "Vue"}, {"vy", "Vyper"}, {"wast", "WebAssembly"},
    {"wat", "WebAssembly"}, {"wdl", "WDL"}, {"webmanifest", "JSON"}, {"wgsl", "WGSL"},
    {"wit", "WebAssembly Interface Type"}, {"wl", "Mathematica"}, {"wlt", "Mathematica"},
    {"wren", "Wren"}, {"wsd", "PlantUML"}, {"wsdl", "XML"}, {"wsgi", "Python"}, {"x10", "X10"},
    {"x3d", "DirectX 3D File"}, {"xaml", "XML"}, {"xc", "XC"}, {"xhtml", "HTML"}, {"xib", "XML"},
    {"xml", "XML"}, {"xojo_code", "Xojo"}, {"xq", "XQuery"}, {"xqm", "XQuery"},
    {"xquery", "XQuery"}, {"xqy", "XQuery"}, {"xrl", "Erlang"}, {"xsd", "XML"}, {"xsl", "XML"},
    {"xslt", "XML"}, {"y", "Yacc"}, {"yacc", "Yacc"}, {"yaml", "YAML"}, {"yang", "YANG"},
    {"yap", "Prolog"}, {"yml", "YAML"}, {"yrl", "Erlang"}, {"yy", "Yacc"}, {"zeek", "Zeek"},
    {"zig", "Zig"}, {"zimpl", "Zimpl"}, {"zmpl", "Zimpl"}, {"zon", "Zig"}, {"zs", "ZenScript"},
    {"zsh", "Shell"},
});
// clang-format on

static_assert(std::ranges::is_sorted(kNames, {}, &Entry::name));
static_assert(std::ranges::is_sorted(kExtensions, {}, &Entry::name));

/// Longer names than any in the tables.
constexpr std::size_t kNameMax = 32;

std::string_view find(std::span<const Entry> table, std::string_view name) {
  const auto found = std::ranges::lower_bound(table, name, {}, &Entry::name);
  return found != table.end() && found->name == name ? found->language : std::string_view{};
}

}  // namespace

std::string_view language_of(std::string_view path) {
  auto name = path.substr(path.rfind('/') + 1);
  if (name.size() > kNameMax) name.remove_prefix(name.size() - kNameMax);
  std::array<char, kNameMax> buffer{};
  std::ranges::transform(name, buffer.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  const std::string_view lower(buffer.data(), name.size());
  if (const auto language = find(kNames, lower); !language.empty()) return language;
  const auto dot = lower.rfind('.');
  if (dot == std::string_view::npos) return {};
  const auto language = find(kExtensions, lower.substr(dot + 1));
  if (!language.empty()) return language;
  return lower.starts_with("dockerfile.") ? "Dockerfile" : std::string_view{};
}

}  // namespace vigil::parser
