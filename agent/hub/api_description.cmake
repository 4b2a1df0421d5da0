# cmake -DOUT=api_description.cc -DTEXT=openapi.json -P api_description.cmake: the API's description as a constant.
file(READ ${TEXT} text)
file(WRITE ${OUT} "#include \"agent/hub/api_description.h\"

namespace vigil::agent {

const std::string_view kApiDescription = R\"vigil-api(${text})vigil-api\";

}  // namespace vigil::agent
")
